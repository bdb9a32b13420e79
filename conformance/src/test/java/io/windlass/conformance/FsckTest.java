package io.windlass.conformance;

import io.windlass.conformance.fixture.Damage;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Fsck;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code windlass fsck} names what is wrong on disk, and {@code --repair} mends it layer by layer, without the registry. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "has nothing like it")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the disk of a runtime that somebody else started is not ours to damage")
class FsckTest extends OwnNode {
    @SuppressWarnings("NullAway.Init")
    private Pulled image;
    @SuppressWarnings("NullAway.Init")
    private KernelState before;

    @BeforeEach
    void pull() throws Exception {
        before = node.state();
        image = pull("hurt");
    }

    @AfterEach
    void remove() throws Exception {
        image.close();
        assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON)).isEmpty();
    }

    private static TestImage hurt(String word) throws IOException {
        return TestImages.busybox().plus(ImageTest.marked(word).layers().getFirst());
    }

    private Pulled pull(String word) throws Exception {
        node.registry().push(word, "1", hurt(word));
        return Pulled.pull(node, node.registry().reference(word + ":1"));
    }

    private Path root() {
        return node.scratch().resolve("root");
    }

    /** The mark in the layer of the image that the test's own. */
    private Path mark() throws IOException {
        try (Stream<Path> tree = Files.walk(root().resolve("snapshots"), 3)) {
            return tree.filter(path -> path.endsWith("fs/mark")).findFirst().orElseThrow();
        }
    }

    private Path blob(byte[] content) {
        return root().resolve("content/blobs/sha256")
                .resolve(Sha256.digest(content).substring("sha256:".length()));
    }

    private void expectUse() throws Exception {
        expectUse(image, "hurt");
    }

    private void expectUse(Pulled one, String word) throws Exception {
        Consumer<ContainerConfig.Builder> change = c -> {
            c.getImageBuilder().setImage(one.reference());
            c.addAllCommand(List.of("cat", "/mark"));
        };
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.start(change).output()).isEqualTo(word + "\n");
        }
    }

    @Test
    void findsNothingBesideADaemonAndDoesNotRepairThere() throws Exception {
        try (Pod pod = Pod.run(node)) {
            pod.script("sleep 1000");
            Fsck check = Fsck.run(node);
            assertThat(check.code()).as(check.output()).isZero();
            Fsck refused = Fsck.run(node, "--repair");
            assertThat(refused.code()).isEqualTo(8);
            assertThat(refused.output()).contains("another windlass daemon");
        }
    }

    @Test
    void unpacksAgainALayerOfWhichAFileIsEmpty() throws Exception {
        node.killDaemon();
        Files.write(mark(), new byte[0]);
        Fsck check = Fsck.run(node);
        assertThat(check.code()).as(check.output()).isEqualTo(4);
        assertThat(check.output()).contains("file mark has 0 bytes, not 5");
        Fsck.repair(node);
        node.startDaemon();
        expectUse();
    }

    /** Each damage to a blob of an image of its own. */
    @Row(22)
    void namesAndDeletesDamagedBlobsWhichTheNextPullsFetch(Fault fault) throws Exception {
        Random random = fault.random("damaged blobs");
        Map<Damage, Pulled> images = new EnumMap<>(Damage.class);
        Map<Damage, byte[]> blobs = new EnumMap<>(Damage.class);
        try {
            for (Damage damage : Damage.values()) {
                images.put(damage, pull(word(damage)));
                TestImage one = hurt(word(damage));
                blobs.put(damage, random.nextBoolean() ? one.layers().getLast().blob() : one.manifest(one.configBlob()));
            }
            node.killDaemon();
            for (Map.Entry<Damage, byte[]> one : blobs.entrySet()) {
                one.getKey().to(blob(one.getValue()), random);
            }
            Fsck check = Fsck.run(node);
            assertThat(check.code()).as(check.output()).isEqualTo(4);
            blobs.forEach((damage, blob) -> assertThat(check.output()).as(damage.name())
                    .contains("blob " + Sha256.digest(blob) + ": its "));
            Fsck.repair(node);
            blobs.forEach((damage, blob) -> assertThat(blob(blob)).as(damage.name()).doesNotExist());
            node.startDaemon();
            for (Map.Entry<Damage, Pulled> one : images.entrySet()) {
                expectUse(one.getValue(), word(one.getKey()));
            }
        } finally {
            images.values().forEach(Pulled::close);
        }
    }

    private static String word(Damage damage) {
        return "hurt-" + damage.name().toLowerCase(Locale.ROOT);
    }

    @Test
    @DisabledIfSystemProperty(named = "cri.network", matches = "plugins", disabledReason = "the leases are those of the built-in bridge")
    void namesAndDeletesADamagedLeaseWhichTheDaemonMakesAnew() throws Exception {
        try (Pod pod = Pod.run(node)) {
            String address = pod.ip();
            Path lease = root().resolve("cni/leases").resolve(node.subnet().bridge()).resolve(address);
            String good = Files.readString(lease);
            node.killDaemon();
            Files.writeString(lease, good.replace("eth0", "eth1"));
            Fsck check = Fsck.run(node);
            assertThat(check.code()).as(check.output()).isEqualTo(4);
            assertThat(check.output()).contains("lease " + address + ": its record is damaged: its checksum is another one");
            Fsck.repair(node);
            assertThat(lease).doesNotExist();
            node.startDaemon();
            assertThat(lease).hasContent(good);
        }
    }

    @Test
    void restoresALayerWithoutItsRecord() throws Exception {
        node.killDaemon();
        Files.delete(mark().resolve("../../committed.json").normalize());
        Fsck check = Fsck.run(node);
        assertThat(check.code()).as(check.output()).isEqualTo(4);
        assertThat(check.output()).contains("a layer of it is missing");
        Fsck.repair(node);
        assertThat(mark()).hasContent("hurt");
        node.startDaemon();
        expectUse();
    }

    @Test
    void failsWhereThereIsNothing() throws Exception {
        Path config = node.scratch().write("empty.toml",
                "root = \"%1$s/none\"\nstate = \"%1$s/none-too\"\n".formatted(node.scratch().path()));
        Fsck check = Fsck.run(node, "--config", config.toString());
        assertThat(check.code()).isEqualTo(8);
        assertThat(check.output()).contains("does not exist");
    }
}

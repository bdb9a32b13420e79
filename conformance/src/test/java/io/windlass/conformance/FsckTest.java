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
import java.util.List;
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
        node.registry().push("hurt", "1", hurt());
        image = Pulled.pull(node, node.registry().reference("hurt:1"));
    }

    @AfterEach
    void remove() throws Exception {
        image.close();
        assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON)).isEmpty();
    }

    private static TestImage hurt() throws IOException {
        return TestImages.busybox().plus(ImageTest.marked("hurt").layers().getFirst());
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
        Consumer<ContainerConfig.Builder> change = c -> {
            c.getImageBuilder().setImage(image.reference());
            c.addAllCommand(List.of("cat", "/mark"));
        };
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.start(change).output()).isEqualTo("hurt\n");
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

    @Row(22)
    void namesAndDeletesADamagedBlobWhichTheNextPullFetches(Fault fault, Damage damage) throws Exception {
        Random random = fault.random("damaged blob, " + damage);
        byte[] blob = random.nextBoolean() ? hurt().layers().getLast().blob() : hurt().manifest(hurt().configBlob());
        node.killDaemon();
        damage.to(blob(blob), random);
        Fsck check = Fsck.run(node);
        assertThat(check.code()).as(check.output()).isEqualTo(4);
        assertThat(check.output()).contains("blob " + Sha256.digest(blob) + ": its ");
        Fsck.repair(node);
        assertThat(blob(blob)).doesNotExist();
        node.startDaemon();
        expectUse();
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

package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** The runtime's root is on a file system of its own that is too small. */
@ExtendWith(DiffersOnCondition.class)
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the disk of a runtime that somebody else started is not ours to fill")
class NoSpaceTest extends OwnNode {
    private static final int MIB = 1 << 20;

    @Override
    NodeOptions options() {
        return super.options().withRootBytes(24 * MIB);
    }

    private Path root() {
        return node.scratch().resolve("root");
    }

    private static TestImage random(int bytes) {
        byte[] data = new byte[bytes];
        new Random(bytes).nextBytes(data);
        return TestImage.of(TestImage.Layer.gzip(new TarLayer().file("random", data, TarLayer.Owner.root(0644))));
    }

    @Row(20)
    @DiffersOn(value = "containerd", why = "names the file that it was writing, not the layer")
    void anImageThatDoesNotFitIsRefusedAndLeavesItsSpace() throws Exception {
        node.registry().push("large", "1", random(32 * MIB));
        node.registry().push("unpacked", "1", random(12 * MIB)); // fits as a blob, but not also unpacked
        long before = Files.getFileStore(root()).getUsableSpace();
        for (String name : new String[]{"large:1", "unpacked:1"}) {
            String reference = node.registry().reference(name);
            Failure failure = Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> node.pull(reference));
            assertThat(failure.message()).contains("no space", "sha256:");
            assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
            assertThat(Files.getFileStore(root()).getUsableSpace()).isGreaterThan(before - MIB);
        }
        node.registry().push("small", "1", random(MIB));
        Pulled.pull(node, node.registry().reference("small:1")).close();
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    @Row(20)
    @DiffersOn(value = "containerd", why = "keeps what it fetched of an image for a day")
    void whatACutPullLeftGivesWayToAnother() throws Exception {
        long before = Files.getFileStore(root()).getUsableSpace();
        TestImage cut = random(14 * MIB);
        byte[] layer = cut.layers().getFirst().blob();
        byte[] config = cut.configBlob();
        node.registry().push("other", "1", random(8 * MIB));
        try (HostileServer registry = HostileServer.start("127.0.0.1")) {
            node.allowPlainHttp(registry.host());
            registry.document("/v2/cut/blobs/" + Sha256.digest(config), "application/octet-stream", config);
            registry.on("/v2/cut/blobs/" + Sha256.digest(layer), exchange -> {
                exchange.sendResponseHeaders(200, layer.length);
                exchange.getResponseBody().write(layer, 0, 7 * MIB); // and as much again is unpacked meanwhile
            });
            String reference = registry.manifest("cut", TestImage.MANIFEST, new String(cut.manifest(config), StandardCharsets.UTF_8));
            Failure.of(node, Code.UNAVAILABLE, () -> node.pull(reference));
        }
        assertThat(Files.getFileStore(root()).getUsableSpace()).isLessThan(before - 6 * MIB);
        String other = node.registry().reference("other:1");
        Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> node.pull(other));
        assertThat(Files.getFileStore(root()).getUsableSpace()).isGreaterThan(before - MIB);
        Pulled.pull(node, other).close();
    }

    @Row(20)
    @DiffersOn(value = "containerd", why = "cannot record the exit, and the stop fails at its deadline: \"an error occurs during waiting for container\"")
    void podsAreRefusedAndThoseThatAreThereCanBeStoppedAndRemoved() throws Exception {
        KernelState before = node.state();
        Path filler = root().resolve("filler");
        Pod pod = Pod.run(node);
        try {
            pod.script("sleep 1000");
            fill(filler);
            Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> Pod.run(node).close());
            Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> pod.create(c -> c.addCommand("true")));
            pod.close();
        } finally {
            Files.deleteIfExists(filler);
        }
        try (Pod next = Pod.run(node)) {
            assertThat(next.script("echo next").output()).isEqualTo("next\n");
        }
        assertThat(node.leaksSince(before)).isEmpty();
    }

    private static void fill(Path file) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (true) {
                out.write(java.nio.ByteBuffer.allocate(4096));
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }
}

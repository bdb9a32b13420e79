package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.HostileServer;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.PodSandboxState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** The runtime's root is on a file system of its own that is too small. */
@ExtendWith(DiffersOnCondition.class)
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the disk of a runtime that somebody else started is not ours to fill")
class NoSpaceTest extends OwnNode {
    private static final int MIB = 1 << 20;
    private static final int PAGE = 4096;

    @SuppressWarnings("NullAway.Init")
    private KernelState before;

    @Override
    NodeOptions options() {
        return super.options().withRootBytes(24 * MIB);
    }

    @BeforeEach
    void remember() throws Exception {
        before = node.state();
    }

    @AfterEach
    void leavesNothing() throws Exception {
        assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON)).isEmpty();
    }

    private Path root() {
        return node.scratch().resolve("root");
    }

    private static TestImage random(Random random, int bytes) {
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        return TestImage.of(TestImage.Layer.gzip(new TarLayer().file("random", data, TarLayer.Owner.root(0644))));
    }

    @Row(20)
    @DiffersOn(value = "containerd", why = "names the file that it was writing, not the layer")
    void anImageThatDoesNotFitIsRefusedAndLeavesItsSpace(Fault fault) throws Exception {
        Random random = fault.random("no space for an image");
        node.registry().push("large", "1", random(random, 24 * MIB + random.nextInt(12 * MIB)));
        node.registry().push("unpacked", "1", random(random, 12 * MIB + random.nextInt(4 * MIB))); // fits as a blob, but not also unpacked
        long space = Files.getFileStore(root()).getUsableSpace();
        for (String name : new String[]{"large:1", "unpacked:1"}) {
            String reference = node.registry().reference(name);
            Failure failure = Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> node.pull(reference));
            assertThat(failure.message()).contains("no space", "sha256:");
            assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
            assertThat(Files.getFileStore(root()).getUsableSpace()).isGreaterThan(space - MIB);
        }
        node.registry().push("small", "1", random(random, MIB));
        Pulled.pull(node, node.registry().reference("small:1")).close();
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    @Row(20)
    @DiffersOn(value = "containerd", why = "keeps what it fetched of an image for a day")
    void whatACutPullLeftGivesWayToAnother(Fault fault) throws Exception {
        Random random = fault.random("no space beside a cut pull");
        long space = Files.getFileStore(root()).getUsableSpace();
        TestImage cut = random(random, 14 * MIB);
        int fetched = 7 * MIB + random.nextInt(MIB); // and as much again is unpacked meanwhile
        byte[] layer = cut.layers().getFirst().blob();
        byte[] config = cut.configBlob();
        node.registry().push("other", "1", random(random, 8 * MIB));
        try (HostileServer registry = HostileServer.start("127.0.0.1")) {
            node.allowPlainHttp(registry.host());
            registry.document("/v2/cut/blobs/" + Sha256.digest(config), "application/octet-stream", config);
            registry.on("/v2/cut/blobs/" + Sha256.digest(layer), exchange -> {
                exchange.sendResponseHeaders(200, layer.length);
                exchange.getResponseBody().write(layer, 0, fetched);
            });
            String reference = registry.manifest("cut", TestImage.MANIFEST, new String(cut.manifest(config), StandardCharsets.UTF_8));
            Failure.of(node, Code.UNAVAILABLE, () -> node.pull(reference));
        }
        assertThat(Files.getFileStore(root()).getUsableSpace()).isLessThan(space - 6 * MIB);
        String other = node.registry().reference("other:1");
        Failure.of(node, Code.RESOURCE_EXHAUSTED, () -> node.pull(other));
        assertThat(Files.getFileStore(root()).getUsableSpace()).isGreaterThan(space - MIB);
        Pulled.pull(node, other).close();
    }

    @Row(20)
    @DiffersOn(value = "containerd", why = "cannot record the exit, and the stop fails at its deadline: \"an error occurs during waiting for container\"")
    void podsAreRefusedAndThoseThatAreThereCanBeStoppedAndRemoved(Fault fault) throws Exception {
        Random random = fault.random("no space for a pod");
        Path filler = root().resolve("filler");
        Pod pod = Pod.run(node);
        try {
            for (int i = random.nextInt(3); i >= 0; i--) {
                pod.script("sleep 1000");
            }
            fill(filler, 0);
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

    /** With no room or hardly any, each call is refused for that or works, and what happens meanwhile is known, to the next daemon too. */
    @Row(20)
    @DiffersOn(value = "containerd", why = "cannot record the exit")
    void whatRunsGoesOnAndEveryExitIsKnown(Fault fault) throws Exception {
        Random random = fault.random("no space, or hardly any, while containers run");
        int code = 1 + random.nextInt(255);
        Path filler = root().resolve("filler");
        Path gate = node.scratch().directory("gate-" + node.next());
        try (Pod pod = Pod.run(node)) {
            PodContainer running = pod.script("sleep 1000");
            PodContainer created = pod.create(c -> c.addAllCommand(List.of("sleep", "7654")));
            PodContainer ending = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "while [ ! -e /gate/open ]; do sleep 0.02; done; exit " + code));
            });
            boolean started;
            try {
                fill(filler, random.nextInt(6));
                started = orFull(created::start);
                orFull(() -> running.sh("true"));
                orFull(() -> Pod.run(node).close());
                Files.createFile(gate.resolve("open"));
                assertThat(ending.awaitExit().getExitCode()).isEqualTo(code);
                node.killDaemon();
                node.startDaemon();
                assertThat(ending.status().getExitCode()).isEqualTo(code);
                assertThat(running.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
                orFull(() -> running.sh("true"));
                orFull(() -> pod.create(c -> c.addCommand("true")));
            } finally {
                Files.deleteIfExists(filler);
            }
            node.killDaemon();
            node.startDaemon();
            assertThat(ending.status().getExitCode()).isEqualTo(code);
            assertThat(running.sh("echo well")).isEqualTo("well\n");
            assertThat(created.status().getState() == ContainerState.CONTAINER_RUNNING).isEqualTo(started);
            assertThat(FaultyNode.processesOf(node, "sleep 7654")).hasSize(started ? 1 : 0);
            created.remove();
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    /** What ran has ended, which cannot be recorded: it is known all the same, and what is on the disk can be removed. */
    @Row(20)
    @DiffersOn(value = "containerd", why = "its directories are elsewhere")
    void aMachineThatIsBootedServes(Fault fault) throws Exception {
        Random random = fault.random("no space after a reboot");
        Path filler = root().resolve("filler");
        Pod pod = Pod.run(node);
        List<PodContainer> containers = new ArrayList<>();
        try {
            for (int i = random.nextInt(3); i >= 0; i--) {
                containers.add(pod.script("sleep 1000"));
            }
            node.killDaemon();
            Reboot.of(node);
            fill(filler, 0);
            node.startDaemon();
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            for (PodContainer container : containers) {
                assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            }
            pod.close();
        } finally {
            Files.deleteIfExists(filler);
        }
        try (Pod next = Pod.run(node)) {
            assertThat(next.script("echo next").output()).isEqualTo("next\n");
        }
    }

    /** Makes a call that may be refused, but for want of space only; whether it was not. */
    private static boolean orFull(Insist.Step call) throws Exception {
        try {
            call.run();
            return true;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            return false;
        }
    }

    /** Leaves room for so many pages. */
    private static void fill(Path file, int pages) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (true) {
                out.write(ByteBuffer.allocate(PAGE));
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            out.truncate(out.size() / PAGE * PAGE - (long) pages * PAGE);
        }
    }
}

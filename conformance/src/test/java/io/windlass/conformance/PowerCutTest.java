package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Fsck;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.PodSandboxState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** The root is on a disk whose power is cut: what the disk has at that moment is all that the next daemon finds. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "its root is elsewhere")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the disk of a runtime that somebody else started is not ours")
class PowerCutTest extends OwnNode {
    private static final long BYTES = 96L << 20;
    private static final int CONTENT_BYTES = 4 << 20;

    @SuppressWarnings("NullAway.Init")
    private SmallDisk disk;

    @BeforeAll
    void moveToDisk() throws Exception {
        node.killDaemon();
        disk = SmallDisk.make(node.scratch().resolve("disk"), BYTES, root());
        node.startDaemon();
        node.pull(node.busybox());
    }

    private Path root() {
        return node.scratch().resolve("root");
    }

    /** Takes the power away now, and boots on what the disk has. */
    private void cutPower() throws Exception {
        Path copy = node.scratch().resolve("disk-" + node.next());
        disk.copyTo(copy);
        node.killDaemon();
        Reboot.of(node);
        Command.output("umount", "-l", root().toString());
        Files.delete(disk.file());
        disk = SmallDisk.mount(copy, root());
    }

    @Row(18)
    void rightAfterThePullLeavesEveryFileOfTheImage(Fault fault) throws Exception {
        Random random = fault.random("power cut");
        byte[] content = new byte[1 + random.nextInt(CONTENT_BYTES)];
        random.nextBytes(content);
        String name = "cut-" + node.next();
        node.registry().push(name, "1",
                TestImages.busybox().plus(TestImage.Layer.gzip(new TarLayer().file("content", content, TarLayer.Owner.root(0644)))));
        try (Pulled image = Pulled.pull(node, node.registry().reference(name + ":1"))) {
            cutPower();
            Fsck check = Fsck.run(node);
            assertThat(check.code()).as(check.output()).isZero();
            node.startDaemon();
            try (Pod pod = Pod.run(node)) {
                assertThat(pod.start(c -> {
                    c.getImageBuilder().setImage(image.name());
                    c.addAllCommand(List.of("sha256sum", "/content", "/etc/passwd"));
                }).output()).startsWith(Sha256.digest(content).replace("sha256:", ""));
            }
        }
    }

    @Row(18)
    void leavesASandboxThatWasAnsweredAndItsContainerEnded() throws Exception {
        try (Pod pod = Pod.run(node)) {
            var container = pod.script("sleep 1000");
            cutPower();
            node.startDaemon();
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            assertThat(container.status().getState()).isNotEqualTo(ContainerState.CONTAINER_RUNNING);
        }
        Fsck check = Fsck.run(node);
        assertThat(check.code()).as(check.output()).isZero();
    }
}

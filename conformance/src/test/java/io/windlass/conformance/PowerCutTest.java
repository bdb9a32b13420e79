package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fsck;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.PodSandboxState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** The root is on a disk whose power is cut: what the disk has at that moment is all that the next daemon finds. */
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "its root is elsewhere")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the disk of a runtime that somebody else started is not ours")
class PowerCutTest {
    private static final long BYTES = 96L << 20;

    @SuppressWarnings("NullAway.Init")
    private Node node;
    @SuppressWarnings("NullAway.Init")
    private SmallDisk disk;

    @BeforeAll
    void open() throws Exception {
        node = Node.open(NodeOptions.fromProperties());
        node.killDaemon();
        disk = SmallDisk.make(node.scratch().resolve("disk"), BYTES, root());
        node.startDaemon();
        node.pull(node.busybox());
    }

    @AfterAll
    void close() throws Exception {
        node.close();
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
        disk = SmallDisk.mount(copy, root());
    }

    @Test
    void rightAfterThePullLeavesEveryFileOfTheImage() throws Exception {
        node.registry().push("cut", "1", TestImages.busybox().plus(ImageTest.marked("cut").layers().getFirst()));
        String reference = node.registry().reference("cut:1");
        node.pull(reference);
        cutPower();
        Fsck check = Fsck.run(node);
        assertThat(check.code()).as(check.output()).isZero();
        node.startDaemon();
        assertThat(ImageTest.status(node, reference).hasImage()).isTrue();
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.start(c -> {
                c.getImageBuilder().setImage(reference);
                c.addAllCommand(List.of("cat", "/mark", "/etc/passwd"));
            }).output()).startsWith("cut\nroot:x:0:0");
        }
    }

    @Test
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

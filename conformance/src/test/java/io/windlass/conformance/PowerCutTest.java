package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Fsck;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.PodSandboxState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** The root is on a disk whose power is cut: what the disk has at that moment is all that the next daemon finds. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "its root is elsewhere")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the disk of a runtime that somebody else started is not ours")
class PowerCutTest extends OwnNode {
    private static final long BYTES = 96L << 20;
    private static final int FILE_BYTES = 32 << 10;
    private static final Duration PHASE = Duration.ofSeconds(1);

    @SuppressWarnings("NullAway.Init")
    private SmallDisk disk;
    @SuppressWarnings("NullAway.Init")
    private KernelState before;

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

    @BeforeEach
    void remember() throws Exception {
        Pod.run(node).close();
        before = node.state();
    }

    @AfterEach
    void leavesNothing() throws Exception {
        Pod.run(node).close();
        assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON)).isEmpty();
    }

    /** Right after it in every other round, else a bit later. */
    @Row(18)
    void afterThePullLeavesEveryFileOfTheImage(Fault fault) throws Exception {
        Random random = fault.random("power cut after a pull");
        String name = "cut-" + node.next();
        node.registry().push(name, "1", SummedImage.of(random, 1 + random.nextInt(FILE_BYTES)));
        Duration delay = random.nextBoolean() ? Duration.ZERO : Fault.moment(random, PHASE);
        try (Pulled image = Pulled.pull(node, node.registry().reference(name + ":1"))) {
            Thread.sleep(delay);
            cutPower();
            Fsck check = Fsck.run(node);
            assertThat(check.code()).as(check.output()).isZero();
            node.startDaemon();
            SummedImage.check(node, image.name());
        }
    }

    /** The record of the start is on disk since the other container was made after it. */
    @Row(18)
    void leavesASandboxThatWasAnsweredAndItsContainersEnded(Fault fault) throws Exception {
        Random random = fault.random("power cut while a pod runs");
        int code = 1 + random.nextInt(255);
        try (Pod pod = Pod.run(node)) {
            PodContainer running = pod.script("sleep 1000");
            PodContainer ended = pod.script("exit " + code);
            ContainerStatus told = ended.awaitExit();
            assertThat(told.getExitCode()).isEqualTo(code);
            Thread.sleep(Fault.moment(random, PHASE));
            cutPower();
            node.startDaemon();
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            assertThat(ended.status()).isEqualTo(told);
            ContainerStatus status = running.status();
            assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            assertThat(status.getReason()).isNotBlank();
            assertThat(status.getExitCode()).isNotZero();
        }
        Fsck check = Fsck.run(node);
        assertThat(check.code()).as(check.output()).isZero();
    }
}

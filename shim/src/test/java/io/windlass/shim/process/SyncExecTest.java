package io.windlass.shim.process;

import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.program.ExitRecord;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ExecSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SyncExecTest {

    /** The pipes are full when the command ends: that is its output, and one chunk may come while the end is noticed. */
    @Test
    void whoKeepsThePipesFullAfterTheEndIsNotWaitedFor() throws Exception {
        try (FileIo.Pipe exit = FileIo.pipe2(0);
                FileIo.Pipe out = FileIo.pipe2(0);
                FileIo.Pipe err = FileIo.pipe2(0);
                PidFd self = PidFd.open(Processes.getpid());
                Leftovers leftovers = new Leftovers()) {
            Thread outFlood = Flood.start(Flood.fill(out));
            Thread errFlood = Flood.start(Flood.fill(err));
            exit.write().writeFully(ByteBuffer.allocate(ExitRecord.SIZE).put("WLexit01".getBytes(StandardCharsets.US_ASCII)).array());
            ExecResult result = new SyncExec(exit.read(), out.read(), err.read(), Integer.MAX_VALUE, leftovers)
                    .await(self, ExecLimit.NONE);
            outFlood.join();
            errFlood.join();
            assertThat(result.code()).isZero();
            int chunk = 64 * 1024;
            assertThat(result.stdout()).hasSizeBetween(Flood.PIPE_BYTES, Flood.PIPE_BYTES + chunk);
            assertThat(result.stderr()).hasSizeBetween(Flood.PIPE_BYTES, Flood.PIPE_BYTES + chunk);
        }
    }

    /** As the daemon has none for its output, for one. */
    @Test
    void isKilledWhereMemoryRunsOutOverIt() throws Exception {
        try (Box box = new Box()) {
            ShimProcess container = box.start("a", box.spec(Box.process("sleep", "1000")));
            ExecSpec spec = new ExecSpec(Box.shell("sleep 20; touch /ended"), CgroupJoin.NONE);
            assertThatThrownBy(() -> box.launcher.execSync(container, spec, Duration.ofMillis(200), 100, () -> {
                throw new OutOfMemoryError("of a test");
            })).isInstanceOf(OutOfMemoryError.class);
            assertThat(box.upper().resolve("ended")).doesNotExist();
        }
    }

    /** The cgroup, whose files would have to be opened, cannot be killed then. */
    @Test
    void endsAfterItsTimeWithoutADescriptor() throws Exception {
        try (Box box = new Box(); DescriptorLimit limit = new DescriptorLimit()) {
            ShimProcess container = box.start("a", box.spec(Box.process("sleep", "1000")));
            ExecSpec spec = new ExecSpec(Box.process("sleep", "30"), CgroupJoin.NONE);
            for (boolean out : new boolean[]{false, true}) { // first so that all classes are there, for which descriptors are needed too
                try {
                    assertThatThrownBy(() -> box.launcher.execSync(container, spec, Duration.ofMillis(200), 100, () -> {
                        if (out) {
                            limit.leave(0);
                        }
                    })).isInstanceOf(TimeoutException.class);
                } finally {
                    limit.lift();
                }
            }
        }
    }

    /** In a frozen cgroup it is not executed; nor is it later, when that is thawed. */
    @Test
    void isNotWaitedForWhereItIsFrozenBeforeItIsExecuted() throws Exception {
        try (Box box = new Box(); ExecutorService threads = Executors.newSingleThreadExecutor(); Ice ice = new Ice()) {
            ShimProcess container = box.start("a", box.spec(Box.process("sleep", "1000")));
            ice.freeze();
            ExecSpec spec = in(ice, "touch /ended");
            isNotWaitedFor(threads.submit(() -> box.launcher.execSync(container, spec, Duration.ofMillis(200), 100, () -> {
            })));
            ice.thaw();
            ice.awaitEmpty();
            assertThat(box.upper().resolve("ended")).doesNotExist();
        }
    }

    @Test
    void isNotWaitedForWhereItIsFrozenAfterItWasExecuted() throws Exception {
        try (Box box = new Box(); ExecutorService threads = Executors.newSingleThreadExecutor(); Ice ice = new Ice()) {
            ShimProcess container = box.start("a", box.spec(Box.process("sleep", "1000")));
            box.running = ice::freeze;
            ExecSpec spec = in(ice, "sleep 2; touch /ended");
            isNotWaitedFor(threads.submit(() -> box.launcher.execSync(container, spec, Duration.ofMillis(200), 100, ice::kill)));
            ice.thaw();
            ice.awaitEmpty();
            assertThat(box.upper().resolve("ended")).doesNotExist();
        }
    }

    private static ExecSpec in(Ice ice, String script) {
        return new ExecSpec(Box.shell(script), CgroupJoin.of(List.of(ice.tasks())));
    }

    private static void isNotWaitedFor(Future<ExecResult> command) {
        assertThatThrownBy(() -> command.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
    }
}

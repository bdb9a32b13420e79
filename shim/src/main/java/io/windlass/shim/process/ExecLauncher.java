package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.program.ShimFd;
import io.windlass.shim.spec.ExecSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Starts commands in running containers. */
final class ExecLauncher implements AutoCloseable {
    private static final long MOMENT_NANOS = 100_000_000;

    private final ProgramCompiler compiler;
    private final ShimSpawn spawn;
    private final Leftovers leftovers = new Leftovers();
    private final ProcessWatcher watcher = new ProcessWatcher("exec-watcher");

    ExecLauncher(ProgramCompiler compiler, ShimSpawn spawn) throws IOException {
        this.compiler = compiler;
        this.spawn = spawn;
    }

    ExecResult runToEnd(ShimProcess container, ExecSpec spec, Duration timeout, int cap, Runnable kill)
            throws IOException, TimeoutException {
        ExecLimit limit = ExecLimit.fromNow(timeout, kill);
        ExecSpec plain = new ExecSpec(spec.process().withTerminal(false), spec.cgroup(), spec.user());
        try (Streams streams = Streams.pipes(spawn.nothing(), false, true, true); FileIo.Pipe exit = FileIo.pipe2(0)) {
            ShimSpawn.Started started = launch(container, plain, streams, exit, new ExecProcess.Streams(false, true, true), limit);
            try (PidFd command = command(started); PidFd parent = started.program()) {
                Fd stdout = Objects.requireNonNull(streams.end(1));
                Fd stderr = Objects.requireNonNull(streams.end(2));
                try {
                    return new SyncExec(exit.read(), stdout, stderr, cap, leftovers).await(command, limit);
                } catch (TimeoutException e) {
                    kill(parent, e); // it would wait for a command that may not have ended
                    throw e;
                } catch (IOException | RuntimeException | Error e) {
                    kill(command, e);
                    throw e;
                } finally {
                    parent.waitExit();
                }
            }
        } catch (LateException e) {
            throw (TimeoutException) limit.over().initCause(e);
        }
    }

    /** Somebody waits for its end without a limit. */
    private static void kill(@Nullable PidFd process, Throwable cause) {
        while (process != null) {
            try {
                process.sendSignal(Processes.SIGKILL);
                return;
            } catch (OutOfMemoryError e) {
                LockSupport.parkNanos(MOMENT_NANOS);
            } catch (IOException | RuntimeException e) {
                cause.addSuppressed(e);
                return;
            }
        }
    }

    /** Had from the beginning: when the command is to be killed, descriptors may have run out. */
    private static @Nullable PidFd command(ShimSpawn.Started started) throws IOException {
        try {
            return ShimSpawn.kept(started.program());
        } catch (IOException | RuntimeException | Error e) {
            started.destroy();
            throw e;
        }
    }

    ExecProcess start(ShimProcess container, ExecSpec spec, ExecProcess.Streams wanted) throws IOException {
        Streams streams = spec.process().terminal()
                ? Streams.heldTerminal(spawn.nothing())
                : Streams.pipes(spawn.nothing(), wanted.stdin(), wanted.stdout(), wanted.stderr());
        try {
            streams.widen();
            return start(container, spec, streams, FileIo.pipe2(0), wanted);
        } catch (IOException | RuntimeException | Error e) {
            streams.close();
            throw e;
        }
    }

    private ExecProcess start(ShimProcess container, ExecSpec spec, Streams streams, FileIo.Pipe exit, ExecProcess.Streams wanted)
            throws IOException {
        try {
            ShimSpawn.Started started = launch(container, spec, streams, exit, wanted, ExecLimit.NONE);
            try {
                RunningExec running = spec.process().terminal()
                        ? RunningExec.terminal(container.id(), started, exit.read(), wanted, leftovers)
                        : RunningExec.pipes(container.id(), started, exit.read(), streams, leftovers);
                streams.taken();
                watch(running, started);
                return running;
            } catch (IOException | RuntimeException | Error e) {
                streams.taken();
                started.destroy();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            exit.close();
            throw e;
        }
    }

    private void watch(RunningExec running, ShimSpawn.Started started) throws IOException {
        try {
            watcher.watch(started.program(), running::ended);
        } catch (IOException | RuntimeException | Error e) {
            running.closeStreams();
            throw e;
        }
    }

    private ShimSpawn.Started launch(ShimProcess container, ExecSpec spec, Streams streams, FileIo.Pipe exit, ExecProcess.Streams wanted,
            ExecLimit limit) throws IOException {
        PidFd init = container.copyOfInit();
        if (init == null) {
            throw new LaunchException("container " + container.id() + " has ended", 0, false);
        }
        streams.giveAway(ShimFd.INIT, init.fd());
        streams.giveAway(ShimFd.EXIT, exit.write());
        return spawn.start(compiler.exec(spec, wanted.stdin(), wanted.stdout(), wanted.stderr()), limit, streams.descriptors(),
                streams.childEnds(), streams.held());
    }

    @Override
    public void close() {
        watcher.close();
        leftovers.close();
    }
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.Shortage;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for all shims on one thread and tells of each exit once: never of another one than that which the shim noted, as long as it did. */
public final class ExitWatcher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ExitWatcher.class.getName());

    private final Consumer<ExitStatus> exits;
    private final ProcessWatcher watcher = new ProcessWatcher("exit-watcher");

    /** @param exits called on the watcher's thread, one exit at a time; it must not block for long */
    public ExitWatcher(Consumer<ExitStatus> exits) throws IOException {
        this.exits = exits;
    }

    /** Tells of this container's exit from now on, at once if it has already ended. */
    public void watch(ShimProcess container) throws IOException {
        PidFd init = container.init();
        if (init == null) {
            container.release();
            watcher.watch(container.shim(), new End(container));
            return;
        }
        long token = watcher.watch(init, () -> release(container));
        End end = new End(container);
        try {
            watcher.watch(container.shim(), () -> {
                watcher.forget(token);
                end.run();
            });
        } catch (IOException | RuntimeException | Error e) {
            watcher.forget(token);
            throw e;
        }
    }

    /** Tells of an end, perhaps again: what was read is kept, for who has been told of it may have closed the container by then. */
    private final class End implements ProcessWatcher.Ended {
        private final ShimProcess container;
        private @Nullable ExitStatus status;

        End(ShimProcess container) {
            this.container = container;
        }

        @Override
        public void run() throws IOException {
            ExitStatus read = status == null ? statusOf(container) : status;
            status = read;
            exits.accept(read);
        }
    }

    /** Our copies of the pipes keep what is in them. */
    private static void release(ShimProcess container) {
        try {
            container.release();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "shim of container " + container.id() + " cannot be released", e);
        }
    }

    /** @throws IOException where there may be a record that cannot be read now */
    private static ExitStatus statusOf(ShimProcess container) throws IOException {
        String id = container.id();
        Optional<ExitStatus> exit = Optional.empty();
        try {
            reap(container.shim());
            exit = ExitRecordFile.exitOf(id, container.exitRecord());
        } catch (IOException e) {
            if (Shortage.isBehind(e) || e instanceof ErrnoException failed && failed.errno() == Errno.EIO) {
                throw new IOException("exit of container " + id + " cannot be read: " + e.getMessage(), e);
            }
            LOG.log(System.Logger.Level.ERROR, "exit of container " + id + " cannot be read", e);
        }
        return exit.orElseGet(() -> lost(container));
    }

    /** The shim was killed before its container: nobody would wait for that one any more. */
    private static ExitStatus lost(ShimProcess container) {
        try {
            container.signal(Processes.SIGKILL);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "container " + container.id() + " without a shim cannot be killed", e);
        }
        return ExitStatus.lost(container.id(), Instant.now());
    }

    /** An adopted shim is not our child: process 1 reaps it. */
    static void reap(PidFd process) throws IOException {
        try {
            process.reap();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ECHILD) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        watcher.close();
    }
}

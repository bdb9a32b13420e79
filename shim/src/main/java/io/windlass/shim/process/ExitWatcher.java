package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Waits for all shims on one thread and tells of each exit once. */
public final class ExitWatcher implements AutoCloseable {
    private final Consumer<ExitStatus> exits;
    private final Epoll epoll;
    private final Map<Long, ShimProcess> watched = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    /** @param exits called on the watcher's thread, one exit at a time; it must not block for long */
    public ExitWatcher(Consumer<ExitStatus> exits) throws IOException {
        this.exits = exits;
        epoll = Epoll.create();
        thread = Thread.ofPlatform().name("exit-watcher").daemon().start(this::run);
    }

    /** Tells of this container's exit from now on, at once if it has already ended. */
    public void watch(ShimProcess container) throws IOException {
        long token = tokens.incrementAndGet();
        watched.put(token, container);
        try {
            epoll.add(container.shim().fd(), Epoll.EPOLLIN, token);
        } catch (IOException e) {
            watched.remove(token);
            throw e;
        }
    }

    private void run() {
        while (!closed) {
            try {
                int events = epoll.await(-1);
                for (int i = 0; i < events; i++) {
                    ShimProcess container = watched.remove(epoll.token(i));
                    if (container != null) {
                        epoll.delete(container.shim().fd());
                        exits.accept(ended(container));
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException("exit watcher: " + e.getMessage(), e);
            }
        }
    }

    /** The shim is gone: reaps it, and where it left no record kills the container, which nobody waits for any more. */
    static ExitStatus ended(ShimProcess container) throws IOException {
        reap(container.shim());
        var recorded = Launcher.exitOf(container.id(), container.exitRecord());
        if (recorded.isPresent()) {
            return recorded.get();
        }
        container.signal(Processes.SIGKILL);
        return ExitStatus.lost(container.id(), Instant.now());
    }

    private static void reap(PidFd shim) throws IOException {
        try {
            shim.reap();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ECHILD) { // started by an earlier daemon: init reaps it
                throw e;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        epoll.wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        epoll.close();
    }
}

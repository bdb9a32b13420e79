package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.PidFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One thread that sleeps until a process ends. */
final class ProcessWatcher implements AutoCloseable {
    private static final ThreadLog LOG = ThreadLog.of(ProcessWatcher.class);
    private static final int AGAIN_MILLIS = 1000;

    private final Epoll epoll = Epoll.create();
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    private final List<Ended> again = new ArrayList<>(); // of the thread alone
    private final Thread thread;
    private volatile boolean closed;

    /** What is done when a process has ended; where memory runs out over it, again from its beginning. */
    @FunctionalInterface
    interface Ended {
        /** @throws IOException where it cannot be done now: it is tried again, at the next end and at least once a second */
        void run() throws IOException;
    }

    private record Watched(PidFd process, Ended ended) {}

    ProcessWatcher(String name) throws IOException {
        thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    /**
     * Runs {@code ended} on the watcher's thread when the process has ended, at once if it already has.
     *
     * @return what {@link #forget} takes
     */
    long watch(PidFd process, Ended ended) throws IOException {
        long token = tokens.incrementAndGet();
        watched.put(token, new Watched(process, ended));
        try {
            epoll.add(process.fd(), Epoll.EPOLLIN | Epoll.EPOLLONESHOT, token);
        } catch (IOException | RuntimeException | Error e) {
            watched.remove(token);
            throw e;
        }
        return token;
    }

    /** Does not tell of that process any more, which may have been told of already. */
    void forget(long token) {
        watched.remove(token);
    }

    /** The kernel does not tell again: what was not done for want of memory is gone on with. */
    private void run() {
        int count = 0;
        int next = 0;
        while (!closed) {
            try {
                if (next == count) {
                    count = epoll.await(again.isEmpty() ? -1 : AGAIN_MILLIS);
                    next = 0;
                    tryAgain();
                }
                for (; next < count; next++) {
                    ended(epoll.token(next));
                }
            } catch (IOException | RuntimeException | Error e) {
                failed(e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS));
            }
        }
        synchronized (this) { // the wake-up may still be on its way
            epoll.close();
        }
    }

    private void failed(Throwable e) {
        if (!closed) {
            LOG.log(System.Logger.Level.ERROR, "watching processes failed", e);
        }
    }

    private void ended(long token) {
        Watched found = watched.get(token);
        if (found == null) {
            return;
        }
        try {
            if (found.process().fd().isOpen()) {
                epoll.delete(found.process().fd());
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            failed(e);
        }
        tell(found.ended(), true);
        watched.remove(token);
    }

    /** No event comes when there are descriptors or memory again. */
    private void tryAgain() {
        for (int i = again.size(); i > 0; i--) {
            tell(again.removeFirst(), false); // there is room for it to come back
        }
    }

    /** One that fails costs the others nothing. */
    private void tell(Ended ended, boolean first) {
        try {
            ended.run();
        } catch (IOException | OutOfMemoryError e) {
            again.add(ended);
            if (first) {
                LOG.log(System.Logger.Level.WARNING, "the end of a process cannot be noted now: tried again until it can", e);
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                epoll.wake();
            }
        }
        try {
            if (Thread.currentThread() != thread) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

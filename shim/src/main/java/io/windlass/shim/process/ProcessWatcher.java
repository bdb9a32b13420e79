package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.PidFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** One thread that sleeps until a process ends. */
final class ProcessWatcher implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ProcessWatcher.class.getName());
    private static final int AGAIN_MILLIS = 1000;

    private final Epoll epoll = Epoll.create();
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    private final List<Ended> again = new ArrayList<>(); // of the thread alone
    private final Thread thread;
    private volatile boolean closed;

    /** What is done when a process has ended. */
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
        } catch (IOException | RuntimeException e) {
            watched.remove(token);
            throw e;
        }
        return token;
    }

    /** Does not tell of that process any more, which may have been told of already. */
    void forget(long token) {
        watched.remove(token);
    }

    private void run() {
        while (!closed) {
            try {
                int count = epoll.await(again.isEmpty() ? -1 : AGAIN_MILLIS);
                tryAgain();
                for (int i = 0; i < count; i++) {
                    ended(epoll.token(i));
                }
            } catch (IOException | RuntimeException e) {
                failed(e);
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

    /** One that fails costs the others nothing, of which the kernel does not tell again. */
    private void ended(long token) {
        Watched found = watched.remove(token);
        if (found == null) {
            return;
        }
        try {
            if (found.process().fd().isOpen()) {
                epoll.delete(found.process().fd());
            }
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
        tell(found.ended(), true);
    }

    /** No event comes when there are descriptors or memory again. */
    private void tryAgain() {
        List<Ended> untold = List.copyOf(again);
        again.clear();
        untold.forEach(ended -> tell(ended, false));
    }

    private void tell(Ended ended, boolean first) {
        try {
            ended.run();
        } catch (IOException e) {
            again.add(ended);
            if (first) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage() + ": tried again until it can", e);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
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

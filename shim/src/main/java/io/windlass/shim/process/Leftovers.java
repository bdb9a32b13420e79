package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Output that nobody wants any more, of processes that have outlived the command which started them: it is read and thrown away, for closing
 * its pipe would kill whoever writes to it next. One thread, from the first such output on.
 */
final class Leftovers implements AutoCloseable {
    private static final ThreadLog LOG = ThreadLog.of(Leftovers.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int CHUNK = 64 * 1024;

    private final Map<Long, Fd> outputs = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    private @Nullable Epoll epoll;
    private volatile boolean closed;

    /** Takes the read end of a pipe, which is closed at its end. */
    void add(Fd output) {
        try {
            Fcntl.setNonBlocking(output, true);
            Epoll set = started();
            long token = tokens.incrementAndGet();
            outputs.put(token, output);
            set.add(output, Epoll.EPOLLIN, token);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            outputs.values().remove(output);
            output.close();
            LOG.log(System.Logger.Level.WARNING, "output of what a command has left cannot be read", e);
        }
    }

    private synchronized Epoll started() throws IOException {
        if (closed) {
            throw new IOException("the daemon ends");
        }
        Epoll set = epoll;
        if (set == null) {
            Epoll made = Epoll.create();
            try {
                ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
                Thread.ofPlatform().name("leftovers").daemon().start(() -> run(made, chunk));
            } catch (OutOfMemoryError e) { // perhaps no thread can be made
                made.close();
                throw e;
            }
            epoll = made;
            return made;
        }
        return set;
    }

    private void run(Epoll set, ByteBuffer chunk) {
        while (!closed) {
            try {
                int count = set.await(-1);
                for (int i = 0; i < count; i++) {
                    Fd output = outputs.get(set.token(i));
                    if (output != null && !drop(output, chunk)) {
                        set.delete(output);
                        outputs.remove(set.token(i));
                        output.close();
                    }
                }
            } catch (IOException | RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "reading what commands have left failed", e);
                LockSupport.parkNanos(AGAIN_NANOS);
            }
        }
        outputs.values().forEach(Fd::close);
        synchronized (this) { // the wake-up may still be on its way
            set.close();
        }
    }

    /** Whether more may come. */
    private static boolean drop(Fd output, ByteBuffer chunk) {
        try {
            return output.read(chunk.clear()) > 0;
        } catch (ErrnoException e) {
            return e.errno() == Errno.EAGAIN;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void close() {
        boolean first = !closed;
        closed = true;
        if (first && epoll != null) {
            epoll.wake();
        }
    }
}

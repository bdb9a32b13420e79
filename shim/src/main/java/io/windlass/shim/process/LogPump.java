package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that moves the output of all containers, a buffer full at a time.
 *
 * <p>
 * A file cannot be written without waiting for its file system, which may hang. A pump that does not come back from one stream is retired:
 * another one goes on with what is on other file systems, from the next event on, and this one ends when it comes back.
 *
 * <pre>
 * IDLE ── an event ──▶ AT A STREAM ── done ──▶ IDLE
 *                           └── hangs: retired ──▶ done: what is on that file system is watched again, ENDED
 * </pre>
 */
final class LogPump implements Runnable {
    private static final ThreadLog LOG = ThreadLog.of(LogPump.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Epoll epoll;
    private final Map<Long, LogStream> streams;
    private final HungLogs hung;
    private final LogBuffers buffers;
    private final Runnable busy;
    private final Runnable end;
    private @Nullable LogStream at;
    private long visits;
    private boolean retired;
    private long hungDevice;
    private volatile boolean closed;

    /**
     * @param busy called when it is at a stream, before it begins to work
     * @param end called when it needs its buffers no more
     */
    LogPump(Epoll epoll, Map<Long, LogStream> streams, HungLogs hung, LogBuffers buffers, Runnable busy, Runnable end) {
        this.epoll = epoll;
        this.streams = streams;
        this.hung = hung;
        this.buffers = buffers;
        this.busy = busy;
        this.end = end;
    }

    /** The pump has not been started, or ends. */
    void giveBack() {
        end.run();
    }

    /** An event is told once: where memory runs out over it, it is gone on with. */
    @Override
    public void run() {
        int event = epoll.next(); // it may be of a pump that was retired
        while (!closed) {
            try {
                if (event < 0) {
                    epoll.await(-1);
                } else if (!take(event)) {
                    return;
                }
                event = epoll.next();
            } catch (OutOfMemoryError e) {
                if (!leave()) {
                    return;
                }
                LOG.log(System.Logger.Level.WARNING, "there is no memory for the output of containers, which waits", e);
                LockSupport.parkNanos(AGAIN_NANOS);
            } catch (IOException e) {
                throw new IllegalStateException("log pump: " + e.getMessage(), e);
            }
        }
        giveBack();
    }

    /** Returns false when this pump has been retired meanwhile: the events are another one's now. */
    private boolean take(int event) {
        LogStream stream = streams.get(epoll.token(event));
        return stream == null || hung.holds(stream) || visit(stream);
    }

    private boolean visit(LogStream stream) {
        synchronized (this) {
            at = stream;
            visits++;
        }
        busy.run();
        work(stream);
        return leave();
    }

    private boolean leave() {
        synchronized (this) {
            at = null;
            if (!retired) {
                return true;
            }
        }
        hung.end(hungDevice);
        giveBack();
        return false;
    }

    /** A stream that fails costs the others nothing. For want of memory none is given up: its container would wait once its pipe is full. */
    private void work(LogStream stream) {
        try {
            stream.ready(buffers);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            stream.end();
            LOG.log(System.Logger.Level.ERROR, stream + " is given up", e);
        }
    }

    /** Returns the number of the visit that this pump is at, or 0 when it is at none. */
    synchronized long visit() {
        return at == null ? 0 : visits;
    }

    /** Retires the pump if it is still at that visit. */
    synchronized boolean retireFrom(long visit) {
        LogStream stream = at;
        if (stream == null || visits != visit) {
            return false;
        }
        hungDevice = hung.begin(stream);
        retired = true;
        return true;
    }

    void close() {
        closed = true;
    }
}

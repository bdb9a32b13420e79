package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.process.ContainerLog.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One output stream of one container on its way into the log file and the taps.
 *
 * <pre>
 * READING ── a tap is full ──▶ WAITING ── all taps have room ──▶ READING
 *    └────── end of the stream or closed ──▶ ENDED
 * </pre>
 */
final class LogStream {
    private final String container;
    private final Stream name;
    private final Fd source;
    private final boolean pipe;
    private final LogFile file;
    private final Epoll epoll;
    private final long token;
    private final LogSource watched;
    private final List<Tap> taps = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean waiting;

    /**
     * @param pipe whether the source is one; else it is a terminal
     * @param token under which the pump hears of this stream and its taps
     */
    LogStream(String container, Stream name, Fd source, boolean pipe, LogFile file, Epoll epoll, long token) throws IOException {
        this.container = container;
        this.name = name;
        this.source = source;
        this.pipe = pipe;
        this.file = file;
        this.epoll = epoll;
        this.token = token;
        this.watched = new LogSource(epoll, source, token);
        Fcntl.setNonBlocking(source, true);
    }

    /** Takes the records back that an earlier daemon was killed over, or the rest of their text out of the pipe. */
    void mend(LogJournals journals) throws IOException {
        Optional<LogJournal.Batch> cut = journals.interrupted(container, name);
        if (cut.isEmpty() || !pipe) {
            return;
        }
        LogJournal.Batch batch = cut.get();
        if (batch.taken() == 0) {
            file.cutTo(batch.logSize());
        } else {
            drop(batch.bytes() - batch.taken());
        }
    }

    private void drop(int count) throws IOException {
        ByteBuffer rest = ByteBuffer.allocateDirect(count);
        try {
            while (rest.hasRemaining() && source.read(rest) > 0) {
                // a pipe gives what is in its first pages
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EAGAIN) {
                throw e;
            }
        }
    }

    void start() throws IOException {
        watched.want(true);
    }

    /** Returns the device that the log is on. */
    long device() {
        return file.device();
    }

    /** Tells whether the stream waits for a file system that hangs. */
    boolean isHeld() {
        return watched.isHeld();
    }

    /** The log's file system hangs: no pump shall be told of this stream. */
    void hold() {
        held(true);
    }

    /** The file system goes on. */
    void letGo() {
        held(false);
        synchronized (this) {
            if (ended.getCount() > 0) {
                watchTaps();
            }
        }
    }

    private void held(boolean hold) {
        try {
            watched.hold(hold);
        } catch (IOException | IllegalStateException e) {
            // only when it is being closed
        }
    }

    Stream name() {
        return name;
    }

    long token() {
        return token;
    }

    CountDownLatch ended() {
        return ended;
    }

    /** Something happened to the source or a tap; moves at most one buffer full. Called by the pump's thread. */
    synchronized void ready(LogBuffers buffers) {
        if (ended.getCount() == 0) {
            return;
        }
        boolean room = taps.isEmpty() || roomInTaps();
        if (room && move(buffers) == Moved.END) {
            end();
        } else if (!taps.isEmpty() || waiting) {
            watchTaps();
        }
    }

    /** Takes what is in the pipe by now, without waiting for its end, and ends. */
    synchronized void finish(LogBuffers buffers) {
        while (ended.getCount() > 0) {
            roomInTaps();
            if (move(buffers) != Moved.SOME) {
                end();
            }
        }
    }

    private enum Moved {
        SOME, NOTHING, END
    }

    private Moved move(LogBuffers buffers) {
        boolean logged = file.isThere();
        ByteBuffer in = buffers.in().clear();
        PipeHandover handover = pipe ? buffers.handover() : null;
        try {
            if ((handover == null ? source.read(in) : handover.look(source, in)) == 0) {
                return Moved.END;
            }
        } catch (ErrnoException e) {
            return e.errno() == Errno.EAGAIN ? Moved.NOTHING : Moved.END; // EIO: the terminal's other side is closed
        } catch (IOException e) {
            return Moved.END;
        }
        in.flip();
        taps.removeIf(tap -> !tap.full() && !keeps(tap, in, handover == null ? null : source));
        try {
            if (logged) {
                if (handover != null) {
                    handover.journal().begin(container, name, file.size(), in.remaining());
                }
                buffers.start(name, Instant.now());
                for (int records = buffers.next(); records > 0; records = buffers.next()) {
                    file.write(buffers.out(), records);
                }
            }
            if (handover != null) {
                handover.take(source, in.remaining());
            }
        } catch (IOException e) {
            return Moved.END;
        }
        return Moved.SOME;
    }

    private static boolean keeps(Tap tap, ByteBuffer bytes, @Nullable Fd shared) {
        if (tap.offer(bytes, shared)) {
            return true;
        }
        tap.close();
        return false;
    }

    /** Flushes the taps and lets go of clients that have gone; false where one is still full. */
    private boolean roomInTaps() {
        boolean room = true;
        for (Iterator<Tap> i = taps.iterator(); i.hasNext();) {
            Tap tap = i.next();
            if (!tap.flush()) {
                tap.close();
                i.remove();
            } else if (tap.full()) {
                room = false;
            }
        }
        return room;
    }

    private void watchTaps() {
        boolean full = false;
        for (Tap tap : taps) {
            full |= tap.full();
        }
        try {
            if (full != waiting) {
                waiting = full;
                watched.want(!full);
            }
            for (Tap tap : taps) {
                epoll.modify(tap.pipe(), (tap.full() ? Epoll.EPOLLOUT : 0) | Epoll.EPOLLET, token);
            }
        } catch (IOException e) {
            end(); // only when the pump is being closed
        }
    }

    /** Copies the stream from now on into a pipe, whose read end is returned. */
    synchronized Fd tap(int pipeBytes) throws IOException {
        FileIo.Pipe pipe = FileIo.pipe2(Fcntl.O_NONBLOCK);
        if (ended.getCount() == 0) {
            pipe.write().close();
            return pipe.read();
        }
        try {
            Fcntl.setPipeSize(pipe.write(), pipeBytes);
        } catch (IOException e) {
            // the user's share of pipe memory is used up: 64 KiB do
        }
        epoll.add(pipe.write(), Epoll.EPOLLET, token);
        taps.add(new Tap(pipe.write()));
        return pipe.read();
    }

    synchronized void end() {
        if (ended.getCount() > 0) {
            forget();
            for (Tap tap : taps) {
                tap.close();
            }
            taps.clear();
            ended.countDown();
        }
    }

    private void forget() {
        try {
            watched.want(false);
        } catch (IOException | IllegalStateException e) {
            // closed by its owner meanwhile, which takes it out of the set too
        }
    }
}

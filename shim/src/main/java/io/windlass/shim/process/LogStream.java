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
    /** More than a terminal holds: 4 KiB in its line discipline, which FIONREAD tells, and 8 KiB and a page on the way there. */
    static final int TERMINAL_BYTES = 64 * 1024;

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

    /** Makes the records of what an earlier daemon was killed over. */
    void mend(LogJournals journals, int maxLine) throws IOException {
        journals.mend(container, name, batch -> {
            file.cutTo(batch.logSize());
            LogBuffers buffers = new LogBuffers(maxLine, null);
            buffers.in().put(batch.text()).flip();
            log(buffers);
        });
    }

    void start() throws IOException {
        watched.want(true);
    }

    /** Before the start: something is in hand of an earlier daemon. The pump opens the file for it, as nobody else may wait for its file system. */
    void remind() throws IOException {
        watched.remind();
    }

    private void heed() {
        if (watched.reminds()) {
            file.isThere();
            watched.heeded();
        }
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
        heed();
        boolean room = taps.isEmpty() || roomInTaps();
        if (room && move(buffers, LogJournal.TEXT_BYTES) < 0) {
            end();
        } else if (!taps.isEmpty() || waiting) {
            watchTaps();
        }
    }

    /** Takes what is in the source by now and ends. What comes meanwhile is not taken: somebody may keep the source full for ever. */
    synchronized void finish(LogBuffers buffers) throws IOException {
        if (ended.getCount() == 0) {
            return;
        }
        heed();
        int left = pipe ? FileIo.available(source) : TERMINAL_BYTES;
        int moved;
        do {
            roomInTaps();
            moved = move(buffers, Math.min(left, LogJournal.TEXT_BYTES));
            left -= moved;
        } while (moved > 0);
        end();
    }

    /** Moves at most so many bytes. Returns how many: 0 where none have come yet, -1 at the end. */
    private int move(LogBuffers buffers, int most) {
        try {
            int count = Math.min(available(), most);
            if (count == 0) {
                return 0;
            }
            boolean logged = file.isThere(); // with all that an earlier daemon had in hand
            if (count < 0) {
                return -1;
            }
            if (pipe) {
                taps.removeIf(tap -> !tap.full() && !keeps(tap, tap.share(source, count)));
            }
            ByteBuffer in = buffers.in().clear().limit(count);
            LogJournal journal = logged ? begin(buffers.journal(), count) : null;
            read(in, journal);
            give(in, buffers);
            if (journal != null) {
                journal.end();
            }
            return in.remaining();
        } catch (IOException e) {
            return -1; // EIO: the terminal's other side is closed
        }
    }

    /** Gives what was read to all who want it: it cannot be read again. */
    private void give(ByteBuffer in, LogBuffers buffers) throws IOException {
        try {
            taps.removeIf(tap -> !tap.full() && !keeps(tap, tap.offer(in)));
            unshare(in.hasRemaining());
            if (in.hasRemaining() && file.isWanted()) { // another thread may have opened it meanwhile
                log(buffers);
            }
        } catch (OutOfMemoryError e) {
            file.lost("there was no memory");
            throw e;
        }
    }

    /** Notes what will be read. Where the log fails, a daemon that is killed meanwhile loses that, but the source goes on. */
    private @Nullable LogJournal begin(@Nullable LogJournal journal, int bytes) {
        try {
            if (journal != null) {
                journal.begin(container, name, file.size(), bytes);
            }
            return journal;
        } catch (IOException e) {
            return null;
        }
    }

    /** Reads as much as there is room for, which others may have taken meanwhile: whoever is in the container can open its streams in /proc. */
    private void read(ByteBuffer in, @Nullable LogJournal journal) throws IOException {
        try {
            source.read(in);
        } catch (IOException e) {
            if (!(e instanceof ErrnoException errno && errno.errno() == Errno.EAGAIN)) {
                if (journal != null) {
                    journal.end(); // nothing has been taken
                }
                throw e;
            }
        }
        in.flip();
        if (journal != null) {
            journal.taken(in.remaining());
        }
    }

    /** What taps share of the source and others have taken does not come any more. */
    private void unshare(boolean some) throws IOException {
        for (Tap tap : taps) {
            if (tap.shared() > 0) {
                tap.shareAtMost(some ? FileIo.available(source) : 0);
            }
        }
    }

    /** How many bytes there are: 0 where none have come yet, -1 at the end. */
    private int available() throws IOException {
        int there = FileIo.available(source);
        if (there > 0) {
            return there;
        }
        int events = FileIo.poll(source, FileIo.POLLIN, 0);
        if ((events & FileIo.POLLIN) == 0) {
            return events == 0 ? 0 : -1;
        }
        return Math.max(1, FileIo.available(source)); // they came meanwhile
    }

    private void log(LogBuffers buffers) {
        buffers.start(name, Instant.now());
        for (int records = buffers.next(); records > 0; records = buffers.next()) {
            file.write(buffers.out(), records);
        }
    }

    private static boolean keeps(Tap tap, boolean there) {
        if (!there) {
            tap.close();
        }
        return there;
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
                watched.want(!full);
                waiting = full;
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
            watched.heeded();
            for (Tap tap : taps) {
                tap.close();
            }
            taps.clear();
            ended.countDown();
        }
    }

    @Override
    public String toString() {
        return "output " + name + " of container " + container;
    }

    private void forget() {
        try {
            watched.want(false);
        } catch (IOException | IllegalStateException e) {
            // closed by its owner meanwhile, which takes it out of the set too
        }
    }
}

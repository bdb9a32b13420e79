package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Watches files and directories for changes. See inotify(7). */
public final class Inotify implements AutoCloseable {
    public static final int IN_MODIFY = 0x2;
    public static final int IN_ATTRIB = 0x4;
    public static final int IN_CLOSE_WRITE = 0x8;
    public static final int IN_MOVED_FROM = 0x40;
    public static final int IN_MOVED_TO = 0x80;
    public static final int IN_CREATE = 0x100;
    public static final int IN_DELETE = 0x200;
    public static final int IN_DELETE_SELF = 0x400;
    public static final int IN_MOVE_SELF = 0x800;
    public static final int IN_Q_OVERFLOW = 0x4000;
    public static final int IN_IGNORED = 0x8000;
    public static final int IN_ONLYDIR = 0x01000000;

    private final Fd fd;

    private Inotify(Fd fd) {
        this.fd = fd;
    }

    /** A change: which watch, IN_*, and the name in a watched directory or "". */
    public record Event(int watch, int mask, String name) {}

    /** inotify_init1(2). */
    public static Inotify create() throws IOException {
        int n = Libc.inotify_init1(Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK);
        if (n < 0) {
            throw new ErrnoException("inotify_init1", Libc.errno());
        }
        return new Inotify(Fd.adopt(n));
    }

    /** Returns the descriptor, which stays this object's, for Epoll. */
    public Fd fd() {
        return fd;
    }

    /** inotify_add_watch(2); returns the watch's number. */
    public int addWatch(String path, int mask) throws IOException {
        int watch = Libc.inotify_add_watch(fd.number(), CString.of("inotify_add_watch", path), mask);
        if (watch < 0) {
            throw new ErrnoException("inotify_add_watch " + path, Libc.errno());
        }
        return watch;
    }

    /** inotify_rm_watch(2); EINVAL where it is gone. */
    public void removeWatch(int watch) throws IOException {
        if (Libc.inotify_rm_watch(fd.number(), watch) < 0) {
            throw new ErrnoException("inotify_rm_watch " + watch, Libc.errno());
        }
    }

    /**
     * Waits for changes and returns those that are there. Blocks: call it on a dedicated platform thread.
     *
     * @param timeoutMillis -1 for ever
     * @return the changes; none after the timeout
     */
    public List<Event> await(int timeoutMillis) throws IOException {
        return FileIo.poll(fd, FileIo.POLLIN, timeoutMillis) == 0 ? List.of() : read();
    }

    /** Returns the changes that are there now. */
    public List<Event> read() throws IOException {
        List<Event> events = new ArrayList<>();
        byte[] buffer = new byte[8192];
        int n;
        try {
            n = fd.read(buffer, buffer.length);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EAGAIN) {
                return events;
            }
            throw e;
        }
        ByteBuffer b = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
        for (int at = 0; at + 16 <= n; at += 16 + b.getInt(at + 12)) {
            String name = b.getInt(at + 12) == 0 ? "" : CString.toString(buffer, at + 16);
            events.add(new Event(b.getInt(at), b.getInt(at + 4), name));
        }
        return events;
    }

    @Override
    public void close() {
        fd.close();
    }
}

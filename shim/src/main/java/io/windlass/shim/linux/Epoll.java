package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Waits for many descriptors, each under a token of the caller's. One thread waits, a dedicated platform thread; any thread may add, change
 * and delete, and {@link #wake} it. See epoll(7).
 *
 * <pre>
 * int n = epoll.await(-1);
 * for (int i = 0; i &lt; n; i++) {
 *     handle(epoll.token(i), epoll.events(i));
 * }
 * </pre>
 */
public final class Epoll implements AutoCloseable {
    public static final int EPOLLIN = 1;
    public static final int EPOLLPRI = 2;
    public static final int EPOLLOUT = 4;
    public static final int EPOLLERR = 8;
    public static final int EPOLLHUP = 16;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    private static final int ADD = 1;
    private static final int DEL = 2;
    private static final int MOD = 3;
    private static final int MAX = 64;
    // struct epoll_event is packed on x86-64 only
    private static final int SIZE = SyscallNumber.AARCH64 ? 16 : 12;
    private static final int DATA = SIZE - 8;
    private static final long WAKE = Long.MIN_VALUE;

    private final Fd fd;
    private final Fd wake;
    private final ByteBuffer events = ByteBuffer.allocateDirect(MAX * SIZE).order(ByteOrder.nativeOrder());
    private final int[] ready = new int[MAX];
    private int count;
    private int next;

    private Epoll(Fd fd, Fd wake) {
        this.fd = fd;
        this.wake = wake;
    }

    /** epoll_create1(2). */
    public static Epoll create() throws IOException {
        int n = Libc.epoll_create1(Fcntl.O_CLOEXEC);
        if (n < 0) {
            throw new ErrnoException("epoll_create1", Libc.errno());
        }
        Fd fd = Fd.adopt(n);
        Fd wake = null;
        try {
            wake = FileIo.eventfd(0);
            Epoll epoll = new Epoll(fd, wake);
            epoll.control(ADD, wake, EPOLLIN, WAKE);
            return epoll;
        } catch (IOException e) {
            fd.close();
            if (wake != null) {
                wake.close();
            }
            throw e;
        }
    }

    /** Adds a descriptor; {@code token} comes back with its events and is any number but Long.MIN_VALUE. EEXIST where it is there. */
    public void add(Fd watched, int eventMask, long token) throws IOException {
        control(ADD, watched, eventMask, token);
    }

    /** Changes what is waited for. */
    public void modify(Fd watched, int eventMask, long token) throws IOException {
        control(MOD, watched, eventMask, token);
    }

    /** Takes a descriptor out; do that before closing it when it has copies elsewhere. */
    public void delete(Fd watched) throws IOException {
        control(DEL, watched, 0, 0);
    }

    private void control(int operation, Fd watched, int eventMask, long token) throws ErrnoException {
        byte[] event = new byte[SIZE];
        ByteBuffer.wrap(event).order(ByteOrder.nativeOrder()).putInt(0, eventMask).putLong(DATA, token);
        if (Libc.epoll_ctl(fd.number(), operation, watched.number(), event) < 0) {
            throw new ErrnoException("epoll_ctl " + watched, Libc.errno());
        }
    }

    /**
     * Waits for events. Blocks: one dedicated platform thread calls it.
     *
     * @param timeoutMillis -1 for ever
     * @return how many events there are, to be read by {@link #token} and {@link #events}; 0 after the timeout or a wake-up
     */
    public int await(int timeoutMillis) throws IOException {
        count = 0;
        next = 0;
        int n = Libc.epoll_wait(fd.number(), events, MAX, timeoutMillis);
        if (n < 0) {
            int errno = Libc.errno();
            if (errno == Errno.EINTR) {
                return 0;
            }
            throw new ErrnoException("epoll_wait", errno);
        }
        for (int i = 0; i < n; i++) {
            if (events.getLong(i * SIZE + DATA) == WAKE) {
                Libc.read(wake.number(), new byte[8], 8);
            } else {
                ready[count++] = i;
            }
        }
        return count;
    }

    /**
     * Takes the next event of the last {@link #await}. What one thread leaves here its successor takes: an edge is not told again.
     *
     * @return its number, for {@link #token} and {@link #events}; -1 where none is left
     */
    public int next() {
        return next < count ? next++ : -1;
    }

    /** Returns the token of event {@code i} of the last {@link #await}. */
    public long token(int i) {
        return events.getLong(ready[i] * SIZE + DATA);
    }

    /** Returns what happened, EPOLL*, for event {@code i} of the last {@link #await}. */
    public int events(int i) {
        return events.getInt(ready[i] * SIZE);
    }

    /** Makes the waiting {@link #await}, or the next, return. */
    public void wake() {
        byte[] one = new byte[8];
        ByteBuffer.wrap(one).order(ByteOrder.nativeOrder()).putLong(1);
        Libc.write(wake.number(), one, 8);
    }

    /** Closes the set; stop the waiting thread first. */
    @Override
    public void close() {
        fd.close();
        wake.close();
    }
}

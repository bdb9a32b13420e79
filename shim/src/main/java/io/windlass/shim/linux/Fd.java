package io.windlass.shim.linux;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Owns one file descriptor. Exactly one {@code Fd} owns a number; it goes back to the kernel by {@link #close()}. All descriptors that this
 * package opens have FD_CLOEXEC.
 *
 * <p>
 * Reads and writes retry EINTR. On pipes, sockets and terminals they may block: then call them on a dedicated platform thread, or make the
 * descriptor non-blocking. See read(2), write(2).
 */
public final class Fd implements AutoCloseable {
    /** The current directory, AT_FDCWD, as the directory of an *at call. Closing it does nothing. */
    public static final Fd CWD = new Fd(-100);

    private static final VarHandle NUMBER;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(Fd.class, "number", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int number;

    private Fd(int number) {
        this.number = number;
    }

    /** Takes over an open descriptor that nobody else closes. */
    public static Fd adopt(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        return new Fd(number);
    }

    /** Returns the number, for as long as this is open; {@link IllegalStateException} afterwards. */
    public int number() {
        int n = number;
        if (n == -1) {
            throw new IllegalStateException("file descriptor is closed");
        }
        return n;
    }

    /** Tells whether {@link #close()} has not yet been called. */
    public boolean isOpen() {
        return number != -1;
    }

    /** Gives the number away: this object is closed afterwards, and the descriptor is the caller's. */
    public int release() {
        int n = (int) NUMBER.getAndSet(this, -1);
        if (n < 0) {
            throw new IllegalStateException("file descriptor is closed");
        }
        return n;
    }

    /** Returns {@code "/proc/self/fd/N"}, a path to the same object, also of an O_PATH descriptor. See proc(5). */
    public String procPath() {
        return "/proc/self/fd/" + number();
    }

    /**
     * Reads up to {@code length} bytes into a heap array, which is copied; for bulk use the direct buffer.
     *
     * @return the number of bytes, 0 at the end of the file
     */
    public int read(byte[] buffer, int length) throws IOException {
        if (length > buffer.length) {
            throw new IndexOutOfBoundsException(length);
        }
        while (true) {
            long n = Libc.read(number(), buffer, length);
            if (n >= 0) {
                return (int) n;
            }
            retryOrThrow("read");
        }
    }

    /**
     * Reads into the rest of a direct buffer without a copy and moves its position.
     *
     * @return the number of bytes, 0 at the end of the file or for a full buffer
     */
    public int read(ByteBuffer direct) throws IOException {
        ByteBuffer at = base(direct);
        while (true) {
            long n = Libc.read(number(), at, direct.remaining());
            if (n >= 0) {
                direct.position(direct.position() + (int) n);
                return (int) n;
            }
            retryOrThrow("read");
        }
    }

    /** As {@link #read(ByteBuffer)}, from an offset of the file. See pread(2). */
    public int pread(ByteBuffer direct, long offset) throws IOException {
        ByteBuffer at = base(direct);
        while (true) {
            long n = Libc.pread(number(), at, direct.remaining(), offset);
            if (n >= 0) {
                direct.position(direct.position() + (int) n);
                return (int) n;
            }
            retryOrThrow("pread");
        }
    }

    /** Reads up to {@code length} bytes at an offset of the file into a heap array. See pread(2). */
    public int pread(byte[] buffer, int length, long offset) throws IOException {
        if (length > buffer.length) {
            throw new IndexOutOfBoundsException(length);
        }
        while (true) {
            long n = Libc.pread(number(), buffer, length, offset);
            if (n >= 0) {
                return (int) n;
            }
            retryOrThrow("pread");
        }
    }

    /**
     * Writes some of the rest of a direct buffer without a copy and moves its position.
     *
     * @return the number of bytes
     */
    public int write(ByteBuffer direct) throws IOException {
        ByteBuffer at = base(direct);
        while (true) {
            long n = Libc.write(number(), at, direct.remaining());
            if (n >= 0) {
                direct.position(direct.position() + (int) n);
                return (int) n;
            }
            retryOrThrow("write");
        }
    }

    /** Writes all the rest of a direct buffer. */
    public void writeFully(ByteBuffer direct) throws IOException {
        while (direct.hasRemaining()) {
            write(direct);
        }
    }

    /** Writes the bytes by one call where the kernel takes them at once (procfs and cgroup files need that), else by more. */
    public void writeFully(byte[] bytes) throws IOException {
        byte[] rest = bytes;
        do {
            long n = Libc.write(number(), rest, rest.length);
            if (n < 0) {
                retryOrThrow("write");
            } else {
                rest = n == rest.length ? new byte[0] : Arrays.copyOfRange(rest, (int) n, rest.length);
            }
        } while (rest.length > 0);
    }

    /**
     * Reads from here to the end of the file.
     *
     * @param max the most bytes taken; EFBIG where the file holds more
     */
    public byte[] readAll(int max) throws IOException {
        byte[] all = new byte[0];
        byte[] chunk = new byte[(int) Math.min(8192L, max + 1L)];
        while (true) {
            int n = read(chunk, chunk.length);
            if (n == 0) {
                return all;
            }
            if (n > max - all.length) {
                throw new ErrnoException("read fd " + number() + " (more than " + max + " bytes)", Errno.EFBIG);
            }
            int old = all.length;
            all = Arrays.copyOf(all, old + n);
            System.arraycopy(chunk, 0, all, old, n);
        }
    }

    /** Returns a second descriptor of the same open file, at the lowest free number. See fcntl(2), F_DUPFD_CLOEXEC. */
    public Fd dup() throws IOException {
        int n = Libc.fcntl(number(), Fcntl.F_DUPFD_CLOEXEC, 0);
        if (n < 0) {
            throw new ErrnoException("dup fd " + number(), Libc.errno());
        }
        return new Fd(n);
    }

    /** Closes the descriptor; the second time does nothing. See close(2): the number is gone even after an error. */
    @Override
    public void close() {
        if (this == CWD) {
            return;
        }
        int n = (int) NUMBER.getAndSet(this, -1);
        if (n >= 0 && Libc.close(n) < 0 && Libc.errno() == Errno.EBADF) {
            throw new IllegalStateException("fd " + n + " was closed by someone else");
        }
    }

    @Override
    public String toString() {
        int n = number;
        return n == -100 ? "AT_FDCWD" : n < 0 ? "fd closed" : "fd " + n;
    }

    /** The buffer whose base address is the position of {@code direct}. */
    static ByteBuffer base(ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException("buffer is not direct");
        }
        return direct.position() == 0 ? direct : direct.slice();
    }

    private void retryOrThrow(String call) throws ErrnoException {
        int errno = Libc.errno();
        if (errno != Errno.EINTR) {
            throw new ErrnoException(call + " " + this, errno);
        }
    }
}

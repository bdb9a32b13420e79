package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** System calls on open files, one method each, named as in man section 2. EINTR is retried. */
public final class FileIo {
    public static final int POLLIN = 1;
    public static final int POLLOUT = 4;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 16;

    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_EXEC = 0x10;
    private static final int EFD_CLOEXEC = Fcntl.O_CLOEXEC;
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final long FIONREAD = 0x541b;

    private FileIo() {}

    /** The two ends of a pipe; closing this closes both. */
    public record Pipe(Fd read, Fd write) implements AutoCloseable {
        @Override
        public void close() {
            read.close();
            write.close();
        }
    }

    /** pipe2(2); flags may hold O_NONBLOCK, for both ends. */
    public static Pipe pipe2(int flags) throws IOException {
        int[] fds = new int[2];
        check(Libc.pipe2(fds, flags | Fcntl.O_CLOEXEC), "pipe2");
        return new Pipe(Fd.adopt(fds[0]), Fd.adopt(fds[1]));
    }

    /** memfd_create(2): a file in memory that can be sealed and executed. The name is only for show. */
    public static Fd memfdCreate(String name) throws IOException {
        byte[] n = CString.of("memfd_create", name);
        int fd = Libc.memfd_create(n, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        if (fd < 0 && Libc.errno() == Errno.EINVAL) { // MFD_EXEC is known since Linux 6.3
            fd = Libc.memfd_create(n, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
        return Fd.adopt((int) check(fd, "memfd_create " + name));
    }

    /** eventfd(2), non-blocking. */
    public static Fd eventfd(int value) throws IOException {
        return Fd.adopt((int) check(Libc.eventfd(value, EFD_CLOEXEC | Fcntl.O_NONBLOCK), "eventfd"));
    }

    /** fsync(2). */
    public static void fsync(Fd fd) throws IOException {
        check(Libc.fsync(fd.number()), "fsync", fd);
    }

    /** fdatasync(2). */
    public static void fdatasync(Fd fd) throws IOException {
        check(Libc.fdatasync(fd.number()), "fdatasync", fd);
    }

    /** syncfs(2): writes back the whole file system that holds {@code fd}. */
    public static void syncfs(Fd fd) throws IOException {
        check(Libc.syncfs(fd.number()), "syncfs", fd);
    }

    /** ftruncate(2). */
    public static void ftruncate(Fd fd, long length) throws IOException {
        check(Libc.ftruncate(fd.number(), length), "ftruncate", fd);
    }

    /** lseek(2) to an offset from the start. */
    public static void lseek(Fd fd, long offset) throws IOException {
        check(Libc.lseek(fd.number(), offset, 0), "lseek", fd);
    }

    /** fchmod(2); EBADF for an O_PATH descriptor, see {@link Syscall#fchmodat}. */
    public static void fchmod(Fd fd, int mode) throws IOException {
        check(Libc.fchmod(fd.number(), mode), "fchmod", fd);
    }

    /** flock(2): LOCK_SH, LOCK_EX or LOCK_UN; with LOCK_NB EAGAIN where another has it, else blocks. */
    public static void flock(Fd fd, int operation) throws IOException {
        while (Libc.flock(fd.number(), operation) < 0) {
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                throw new ErrnoException("flock " + fd, errno);
            }
        }
    }

    /**
     * copy_file_range(2) from and to the current offsets.
     *
     * @return the bytes copied, 0 at the end; EXDEV and EINVAL where the file systems cannot
     */
    public static long copyFileRange(Fd in, Fd out, long count) throws IOException {
        return check(Libc.copy_file_range(in.number(), null, out.number(), null, count, 0), "copy_file_range");
    }

    /**
     * tee(2): copies what is at the head of a pipe into another pipe and leaves it there. Does not wait.
     *
     * @return how much was copied; 0 at the end of the stream
     * @throws ErrnoException EAGAIN where nothing is there, or no room
     */
    public static long tee(Fd in, Fd out, long count) throws IOException {
        while (true) {
            long n = Libc.syscall(SyscallNumber.TEE, in.number(), out.number(), count, SPLICE_F_NONBLOCK, 0, 0);
            if (n >= 0) {
                return n;
            }
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                throw new ErrnoException("tee " + in + " " + out, errno);
            }
        }
    }

    /** Returns how many bytes a read of a pipe, socket or terminal would find. See FIONREAD in ioctl_tty(2). */
    public static int available(Fd fd) throws IOException {
        byte[] count = new byte[Integer.BYTES];
        check(Libc.ioctl(fd.number(), FIONREAD, count), "ioctl FIONREAD", fd);
        return ByteBuffer.wrap(count).order(ByteOrder.nativeOrder()).getInt();
    }

    /**
     * poll(2) of one descriptor. Blocks: call it on a dedicated platform thread, or with no timeout.
     *
     * @param timeoutMillis 0 to look only, -1 for ever
     * @return the events that are there, POLL*; 0 after the timeout
     */
    public static int poll(Fd fd, int events, int timeoutMillis) throws IOException {
        return poll(List.of(fd), events, timeoutMillis)[0];
    }

    /**
     * poll(2) of several descriptors for the same events. Blocks: call it on a dedicated platform thread, or with no timeout.
     *
     * @param timeoutMillis 0 to look only, -1 for ever
     * @return for each descriptor the events that are there, POLL*; all 0 after the timeout
     */
    public static int[] poll(List<Fd> fds, int events, int timeoutMillis) throws IOException {
        byte[] pollfds = new byte[8 * fds.size()];
        ByteBuffer b = ByteBuffer.wrap(pollfds).order(ByteOrder.nativeOrder());
        for (Fd fd : fds) {
            b.putInt(fd.number()).putShort((short) events).putShort((short) 0);
        }
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        int left = timeoutMillis;
        while (Libc.poll(pollfds, fds.size(), left) < 0) {
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                throw new ErrnoException("poll " + fds, errno);
            }
            if (timeoutMillis > 0) {
                left = (int) Math.max(0, (deadline - System.nanoTime() + 999_999L) / 1_000_000L);
            }
        }
        int[] there = new int[fds.size()];
        for (int i = 0; i < there.length; i++) {
            there[i] = b.getShort(8 * i + 6) & 0xffff;
        }
        return there;
    }

    /** getdents64(2): what is left of the directory, without "." and "..", in the file system's order. */
    public static List<DirEntry> getdents(Fd dir) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        List<DirEntry> entries = new ArrayList<>();
        while (true) {
            long n = Libc.syscall(SyscallNumber.GETDENTS64, dir.number(), buffer, buffer.length, 0, 0, 0);
            check(n, "getdents64", dir);
            if (n == 0) {
                return entries;
            }
            ByteBuffer b = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
            for (int at = 0; at < n; at += b.getShort(at + 16) & 0xffff) {
                int end = at + 19;
                while (buffer[end] != 0) {
                    end++;
                }
                byte[] name = Arrays.copyOfRange(buffer, at + 19, end);
                if (!isDots(name)) {
                    entries.add(new DirEntry(name, buffer[at + 18] & 0xff));
                }
            }
        }
    }

    private static boolean isDots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.');
    }

    private static void check(long result, String call, Fd fd) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call + " " + fd, Libc.errno());
        }
    }

    private static long check(long result, String call) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, Libc.errno());
        }
        return result;
    }
}

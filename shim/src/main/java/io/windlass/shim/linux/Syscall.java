package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * System calls on paths, one method each, named as in man section 2. A path is a UTF-8 string, or bytes where an image may hold others; a NUL
 * in it is EINVAL. Every descriptor that comes back has FD_CLOEXEC. Errors are {@link ErrnoException}s that name call and path.
 *
 * <p>
 * Calls on descriptors alone are in {@link FileIo}, extended attributes in {@link Xattr}, mounts in {@link Mount}.
 */
public final class Syscall {
    private Syscall() {}

    /** openat2(2): opens {@code path} under {@code resolve}, any of {@code Fcntl.RESOLVE_*}. EAGAIN (a race in the tree) is retried. */
    public static Fd openat2(Fd dir, String path, int flags, int mode, int resolve) throws IOException {
        return openat2(dir, bytes(path), flags, mode, resolve);
    }

    /** As {@link #openat2(Fd, String, int, int, int)}. */
    public static Fd openat2(Fd dir, byte[] path, int flags, int mode, int resolve) throws IOException {
        byte[] how = new byte[24];
        ByteBuffer.wrap(how).order(ByteOrder.nativeOrder()).putLong((flags | Fcntl.O_CLOEXEC) & 0xffffffffL).putLong(mode).putLong(resolve);
        byte[] p = CString.of("openat2", path);
        for (int attempt = 0;; attempt++) {
            long fd = Libc.syscall(SyscallNumber.OPENAT2, dir.number(), p, how, how.length, 0, 0);
            if (fd >= 0) {
                return Fd.adopt((int) fd);
            }
            int errno = Libc.errno();
            if (errno != Errno.EINTR && (errno != Errno.EAGAIN || attempt >= 128)) {
                throw new ErrnoException("openat2 " + text(path), errno);
            }
        }
    }

    /** openat(2) from the current directory: for paths that nobody hostile can change. */
    public static Fd open(String path, int flags, int mode) throws IOException {
        return openat(Fd.CWD, path, flags, mode);
    }

    /** openat(2): follows links anywhere; for paths that nobody hostile can change. */
    public static Fd openat(Fd dir, String path, int flags, int mode) throws IOException {
        byte[] p = CString.of("openat", path);
        while (true) {
            int fd = Libc.openat(dir.number(), p, flags | Fcntl.O_CLOEXEC, mode);
            if (fd >= 0) {
                return Fd.adopt(fd);
            }
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                throw new ErrnoException("openat " + path, errno);
            }
        }
    }

    /** mkdirat(2). The mode is cut by the umask. */
    public static void mkdirat(Fd dir, String path, int mode) throws IOException {
        mkdirat(dir, bytes(path), mode);
    }

    /** As {@link #mkdirat(Fd, String, int)}. */
    public static void mkdirat(Fd dir, byte[] path, int mode) throws IOException {
        check(Libc.mkdirat(dir.number(), CString.of("mkdirat", path), mode), "mkdirat", path);
    }

    /** mknodat(2): {@code mode} holds the type (S_IF* of {@link Stat}) and the permissions, {@code device} comes from {@link Stat#makedev}. */
    public static void mknodat(Fd dir, String path, int mode, long device) throws IOException {
        mknodat(dir, bytes(path), mode, device);
    }

    /** As {@link #mknodat(Fd, String, int, long)}. */
    public static void mknodat(Fd dir, byte[] path, int mode, long device) throws IOException {
        check(Libc.mknodat(dir.number(), CString.of("mknodat", path), mode, device), "mknodat", path);
    }

    /** symlinkat(2): makes {@code path} a link that says {@code target}. */
    public static void symlinkat(String target, Fd dir, String path) throws IOException {
        symlinkat(bytes(target), dir, bytes(path));
    }

    /** As {@link #symlinkat(String, Fd, String)}. */
    public static void symlinkat(byte[] target, Fd dir, byte[] path) throws IOException {
        check(Libc.symlinkat(CString.of("symlinkat", target), dir.number(), CString.of("symlinkat", path)), "symlinkat", path);
    }

    /** linkat(2): gives the old file a second name; flags are AT_SYMLINK_FOLLOW and AT_EMPTY_PATH. */
    public static void linkat(Fd oldDir, String oldPath, Fd newDir, String newPath, int flags) throws IOException {
        linkat(oldDir, bytes(oldPath), newDir, bytes(newPath), flags);
    }

    /** As {@link #linkat(Fd, String, Fd, String, int)}. */
    public static void linkat(Fd oldDir, byte[] oldPath, Fd newDir, byte[] newPath, int flags) throws IOException {
        byte[] from = CString.of("linkat", oldPath);
        byte[] to = CString.of("linkat", newPath);
        if (Libc.linkat(oldDir.number(), from, newDir.number(), to, flags) < 0) {
            throw new ErrnoException("linkat " + text(oldPath) + " " + text(newPath), Libc.errno());
        }
    }

    /** unlinkat(2): removes a name, with AT_REMOVEDIR an empty directory. */
    public static void unlinkat(Fd dir, String path, int flags) throws IOException {
        unlinkat(dir, bytes(path), flags);
    }

    /** As {@link #unlinkat(Fd, String, int)}. */
    public static void unlinkat(Fd dir, byte[] path, int flags) throws IOException {
        check(Libc.unlinkat(dir.number(), CString.of("unlinkat", path), flags), "unlinkat", path);
    }

    /** renameat2(2) with RENAME_NOREPLACE, RENAME_EXCHANGE or 0. */
    public static void renameat2(Fd oldDir, String oldPath, Fd newDir, String newPath, int flags) throws IOException {
        renameat2(oldDir, bytes(oldPath), newDir, newPath, flags);
    }

    /** As {@link #renameat2(Fd, String, Fd, String, int)}. */
    public static void renameat2(Fd oldDir, byte[] oldPath, Fd newDir, String newPath, int flags) throws IOException {
        byte[] from = CString.of("renameat2", oldPath);
        byte[] to = CString.of("renameat2", newPath);
        if (Libc.renameat2(oldDir.number(), from, newDir.number(), to, flags) < 0) {
            throw new ErrnoException("renameat2 " + text(oldPath) + " " + newPath, Libc.errno());
        }
    }

    /** readlinkat(2): returns what a link says. */
    public static String readlinkat(Fd dir, String path) throws IOException {
        return text(readlinkat(dir, bytes(path)));
    }

    /** As {@link #readlinkat(Fd, String)}. */
    public static byte[] readlinkat(Fd dir, byte[] path) throws IOException {
        byte[] p = CString.of("readlinkat", path);
        byte[] buffer = new byte[4096];
        long n = check(Libc.readlinkat(dir.number(), p, buffer, buffer.length), "readlinkat", path);
        return java.util.Arrays.copyOf(buffer, (int) n);
    }

    /** fchownat(2): -1 leaves an id as it is; flags are AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. Ids above 2^31-1 are passed as negative ints. */
    public static void fchownat(Fd dir, String path, int uid, int gid, int flags) throws IOException {
        fchownat(dir, bytes(path), uid, gid, flags);
    }

    /** As {@link #fchownat(Fd, String, int, int, int)}. */
    public static void fchownat(Fd dir, byte[] path, int uid, int gid, int flags) throws IOException {
        check(Libc.fchownat(dir.number(), CString.of("fchownat", path), uid, gid, flags), "fchownat", path);
    }

    /**
     * fchmodat2(2): flags are AT_SYMLINK_NOFOLLOW (EOPNOTSUPP for a link) and AT_EMPTY_PATH (an O_PATH descriptor, with an empty path). Before
     * Linux 6.6 the C library stands in, by way of procfs.
     */
    public static void fchmodat(Fd dir, String path, int mode, int flags) throws IOException {
        fchmodat(dir, bytes(path), mode, flags);
    }

    /** As {@link #fchmodat(Fd, String, int, int)}. */
    public static void fchmodat(Fd dir, byte[] path, int mode, int flags) throws IOException {
        byte[] p = CString.of("fchmodat2", path);
        long r = Libc.syscall(SyscallNumber.FCHMODAT2, dir.number(), p, mode, flags, 0, 0);
        if (r < 0 && Libc.errno() == Errno.ENOSYS) {
            boolean self = path.length == 0 && (flags & Fcntl.AT_EMPTY_PATH) != 0;
            r = self
                    ? Libc.fchmodat(Fd.CWD.number(), CString.of("fchmodat", dir.procPath()), mode, 0)
                    : Libc.fchmodat(dir.number(), p, mode, flags & ~Fcntl.AT_EMPTY_PATH);
        }
        check(r, "fchmodat", path);
    }

    /** utimensat(2): times in nanoseconds since 1970; flags are AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
    public static void utimensat(Fd dir, String path, long accessNanos, long modifyNanos, int flags) throws IOException {
        byte[] times = times(accessNanos, modifyNanos);
        check(Libc.utimensat(dir.number(), CString.of("utimensat", path), times, flags), "utimensat", bytes(path));
    }

    /** As {@link #utimensat(Fd, String, long, long, int)}, with whole seconds and nanoseconds, for times outside 1678 to 2262. */
    public static void utimensat(Fd dir, byte[] path, long seconds, int nanos, int flags) throws IOException {
        byte[] times = new byte[32];
        ByteBuffer.wrap(times).order(ByteOrder.nativeOrder()).putLong(seconds).putLong(nanos).putLong(seconds).putLong(nanos);
        check(Libc.utimensat(dir.number(), CString.of("utimensat", path), times, flags), "utimensat", path);
    }

    /** statx(2) of a path; AT_SYMLINK_NOFOLLOW for a link itself. */
    public static Stat statx(Fd dir, String path, int flags) throws IOException {
        return statx(dir, bytes(path), flags);
    }

    /** As {@link #statx(Fd, String, int)}. */
    public static Stat statx(Fd dir, byte[] path, int flags) throws IOException {
        byte[] buffer = new byte[256];
        check(Libc.statx(dir.number(), CString.of("statx", path), flags, Stat.MASK, buffer), "statx", path);
        return Stat.parse(buffer);
    }

    /** fstat(2) of an open file, also of an O_PATH descriptor. */
    public static Stat fstat(Fd fd) throws IOException {
        byte[] buffer = new byte[256];
        if (Libc.statx(fd.number(), CString.EMPTY, Fcntl.AT_EMPTY_PATH, Stat.MASK, buffer) < 0) {
            throw new ErrnoException("fstat " + fd, Libc.errno());
        }
        return Stat.parse(buffer);
    }

    /** Tells whether there is a file at {@code path}, not following a last link: statx(2) without ENOENT and ENOTDIR. */
    public static boolean exists(Fd dir, String path) throws IOException {
        byte[] buffer = new byte[256];
        byte[] p = CString.of("statx", path);
        if (Libc.statx(dir.number(), p, Fcntl.AT_SYMLINK_NOFOLLOW, 0, buffer) == 0) {
            return true;
        }
        int errno = Libc.errno();
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR) {
            return false;
        }
        throw new ErrnoException("statx " + path, errno);
    }

    /** statfs(2) of the file system that holds {@code path}. */
    public static StatFs statfs(String path) throws IOException {
        byte[] buffer = new byte[256];
        check(Libc.statfs(CString.of("statfs", path), buffer), "statfs", bytes(path));
        return StatFs.parse(buffer);
    }

    /** fstatfs(2). */
    public static StatFs fstatfs(Fd fd) throws IOException {
        byte[] buffer = new byte[256];
        if (Libc.fstatfs(fd.number(), buffer) < 0) {
            throw new ErrnoException("fstatfs " + fd, Libc.errno());
        }
        return StatFs.parse(buffer);
    }

    private static byte[] times(long accessNanos, long modifyNanos) {
        byte[] times = new byte[32];
        ByteBuffer b = ByteBuffer.wrap(times).order(ByteOrder.nativeOrder());
        b.putLong(Math.floorDiv(accessNanos, 1_000_000_000L)).putLong(Math.floorMod(accessNanos, 1_000_000_000L));
        b.putLong(Math.floorDiv(modifyNanos, 1_000_000_000L)).putLong(Math.floorMod(modifyNanos, 1_000_000_000L));
        return times;
    }

    private static byte[] bytes(String path) {
        return path.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] path) {
        return new String(path, StandardCharsets.UTF_8);
    }

    private static long check(long result, String call, byte[] path) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call + " " + text(path), Libc.errno());
        }
        return result;
    }
}

package io.windlass.shim.linux;

import java.io.IOException;

/** Constants of openat2(2), the *at calls and fcntl(2), and what fcntl(2) does. */
public final class Fcntl {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_NOCTTY = 0400;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int O_CLOEXEC = 02000000;
    public static final int O_PATH = 010000000;
    public static final int O_DIRECTORY = SyscallNumber.AARCH64 ? 040000 : 0200000;
    public static final int O_NOFOLLOW = SyscallNumber.AARCH64 ? 0100000 : 0400000;
    public static final int O_TMPFILE = 020000000 | O_DIRECTORY;

    public static final int RESOLVE_NO_XDEV = 0x01;
    public static final int RESOLVE_NO_MAGICLINKS = 0x02;
    public static final int RESOLVE_NO_SYMLINKS = 0x04;
    public static final int RESOLVE_BENEATH = 0x08;
    public static final int RESOLVE_IN_ROOT = 0x10;

    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int AT_RECURSIVE = 0x8000;

    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;

    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;

    static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;

    private Fcntl() {}

    /** Turns O_NONBLOCK of the open file on or off, for all descriptors of it. */
    public static void setNonBlocking(Fd fd, boolean on) throws IOException {
        int flags = fcntl(fd, "F_GETFL", F_GETFL, 0);
        fcntl(fd, "F_SETFL", F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    }

    /** Returns the status flags and the access mode of the open file. */
    public static int statusFlags(Fd fd) throws IOException {
        return fcntl(fd, "F_GETFL", F_GETFL, 0);
    }

    /** Sets the room of a pipe to at least {@code bytes} and returns what it became. See pipe(7). */
    public static int setPipeSize(Fd pipe, int bytes) throws IOException {
        return fcntl(pipe, "F_SETPIPE_SZ", F_SETPIPE_SZ, bytes);
    }

    /**
     * Sets the room of a pipe where that is allowed: without CAP_SYS_RESOURCE a user has 16 MiB for all its pipes, and what is beyond stays small.
     */
    public static void allowPipeSize(Fd pipe, int bytes) throws IOException {
        try {
            setPipeSize(pipe, bytes);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPERM && e.errno() != Errno.ENOMEM) {
                throw e;
            }
        }
    }

    /** Returns the room of a pipe in bytes. */
    public static int pipeSize(Fd pipe) throws IOException {
        return fcntl(pipe, "F_GETPIPE_SZ", F_GETPIPE_SZ, 0);
    }

    /** Adds F_SEAL_* to a memfd. See memfd_create(2). */
    public static void addSeals(Fd memfd, int seals) throws IOException {
        fcntl(memfd, "F_ADD_SEALS", F_ADD_SEALS, seals);
    }

    /** Returns the F_SEAL_* of a memfd. */
    public static int seals(Fd memfd) throws IOException {
        return fcntl(memfd, "F_GET_SEALS", F_GET_SEALS, 0);
    }

    private static int fcntl(Fd fd, String name, int command, long argument) throws ErrnoException {
        int r = Libc.fcntl(fd.number(), command, argument);
        if (r < 0) {
            throw new ErrnoException("fcntl " + name + " " + fd, Libc.errno());
        }
        return r;
    }
}

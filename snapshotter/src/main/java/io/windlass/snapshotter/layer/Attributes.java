package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.linux.Xattr;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.util.Map;

/** Owner, mode, extended attributes and times. The owner comes first: a change of it clears set-id bits and file capabilities. */
final class Attributes {
    private static final byte[] SELF = {};

    private Attributes() {}

    /** Applies all but the time to an open file or directory. */
    static void apply(Fd fd, TarEntry entry) throws IOException {
        Syscall.fchownat(fd, SELF, id(entry.uid()), id(entry.gid()), Fcntl.AT_EMPTY_PATH);
        FileIo.fchmod(fd, entry.mode());
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            if (wanted(xattr.getKey())) {
                try {
                    Xattr.fset(fd, xattr.getKey(), xattr.getValue());
                } catch (ErrnoException e) {
                    tolerate(e);
                }
            }
        }
    }

    /** Applies all to a link, device or fifo that was just made in {@code parent}. */
    static void apply(Fd parent, byte[] name, TarEntry entry) throws IOException {
        Syscall.fchownat(parent, name, id(entry.uid()), id(entry.gid()), Fcntl.AT_SYMLINK_NOFOLLOW);
        if (entry.type() != '2') {
            Syscall.fchmodat(parent, name, entry.mode(), Fcntl.AT_SYMLINK_NOFOLLOW);
        }
        Syscall.utimensat(parent, name, entry.seconds(), entry.nanos(), Fcntl.AT_SYMLINK_NOFOLLOW);
    }

    /** Sets the modification time of what {@code fd} is open on. */
    static void time(Fd fd, long seconds, int nanos) throws IOException {
        Syscall.utimensat(fd, SELF, seconds, nanos, Fcntl.AT_EMPTY_PATH);
    }

    /** Gives the directory {@code to} the owner, mode and time that {@code from} has. */
    static void copy(Stat from, Fd to) throws IOException {
        Syscall.fchownat(to, SELF, from.uid(), from.gid(), Fcntl.AT_EMPTY_PATH);
        FileIo.fchmod(to, from.permissions());
        long nanos = from.modifyNanos();
        time(to, Math.floorDiv(nanos, 1_000_000_000L), (int) Math.floorMod(nanos, 1_000_000_000L));
    }

    private static int id(long id) throws ImageException {
        if (id < 0 || id >= 0xffffffffL) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "the layer has an entry with the owner or group " + id + ", the largest is 4294967294");
        }
        return (int) id;
    }

    /** What overlayfs keeps for itself, and what a security module of this machine decides, does not come from an image. */
    private static boolean wanted(String name) {
        return !name.startsWith("trusted.overlay.") && !name.startsWith("user.overlay.") && !name.equals("security.selinux")
                && !name.equals("security.ima")
                && !name.equals("security.evm");
    }

    private static void tolerate(ErrnoException e) throws ErrnoException {
        if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EPERM) {
            throw e;
        }
    }
}

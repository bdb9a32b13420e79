package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Mounting, by path and by descriptor. See mount(2), umount2(2), open_tree(2), move_mount(2), fsopen(2), mount_setattr(2), pivot_root(2). */
public final class Mount {
    public static final long MS_RDONLY = 1;
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;
    public static final long MS_SYNCHRONOUS = 16;
    public static final long MS_REMOUNT = 32;
    public static final long MS_DIRSYNC = 128;
    public static final long MS_NOSYMFOLLOW = 256;
    public static final long MS_NOATIME = 1024;
    public static final long MS_NODIRATIME = 2048;
    public static final long MS_BIND = 4096;
    public static final long MS_MOVE = 8192;
    public static final long MS_REC = 16384;
    public static final long MS_SILENT = 32768;
    public static final long MS_UNBINDABLE = 1 << 17;
    public static final long MS_PRIVATE = 1 << 18;
    public static final long MS_SLAVE = 1 << 19;
    public static final long MS_SHARED = 1 << 20;
    public static final long MS_RELATIME = 1 << 21;
    public static final long MS_STRICTATIME = 1 << 24;

    public static final int MNT_FORCE = 1;
    public static final int MNT_DETACH = 2;
    public static final int UMOUNT_NOFOLLOW = 8;

    public static final int OPEN_TREE_CLONE = 1;
    public static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    public static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    public static final int MOUNT_ATTR_RDONLY = 1;
    public static final int MOUNT_ATTR_NOSUID = 2;
    public static final int MOUNT_ATTR_NODEV = 4;
    public static final int MOUNT_ATTR_NOEXEC = 8;
    public static final int MOUNT_ATTR_NOATIME = 0x10;
    public static final int MOUNT_ATTR_IDMAP = 0x00100000;
    public static final int MOUNT_ATTR_NOSYMFOLLOW = 0x00200000;

    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int CLOEXEC = 1; // FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC

    private Mount() {}

    /** mount(2). */
    public static void mount(@Nullable String source, String target, @Nullable String type, long flags, @Nullable String data)
            throws IOException {
        int r = Libc.mount(CString.ofNullable("mount", source), CString.of("mount", target), CString.ofNullable("mount", type), flags,
                CString.ofNullable("mount", data));
        if (r < 0) {
            throw new ErrnoException("mount " + (type == null ? "" : type + " ") + (source == null ? "" : source + " ") + target,
                    Libc.errno());
        }
    }

    /** umount2(2). */
    public static void umount2(String target, int flags) throws IOException {
        if (Libc.umount2(CString.of("umount2", target), flags) < 0) {
            throw new ErrnoException("umount2 " + target, Libc.errno());
        }
    }

    /** open_tree(2): with OPEN_TREE_CLONE a detached copy of the mount at {@code path}, with AT_RECURSIVE of those below it too. */
    public static Fd openTree(Fd dir, String path, int flags) throws IOException {
        long fd = Libc.syscall(SyscallNumber.OPEN_TREE, dir.number(), CString.of("open_tree", path), flags | Fcntl.O_CLOEXEC, 0, 0, 0);
        return fd(fd, "open_tree " + path);
    }

    /** move_mount(2): attaches a detached mount, or moves one. With MOVE_MOUNT_[FT]_EMPTY_PATH an empty path means the descriptor itself. */
    public static void moveMount(Fd from, String fromPath, Fd to, String toPath, int flags) throws IOException {
        byte[] f = CString.of("move_mount", fromPath);
        byte[] t = CString.of("move_mount", toPath);
        if (Libc.syscall(SyscallNumber.MOVE_MOUNT, from.number(), f, to.number(), t, flags, 0) < 0) {
            throw new ErrnoException("move_mount " + (fromPath.isEmpty() ? from : fromPath) + " " + (toPath.isEmpty() ? to : toPath),
                    Libc.errno());
        }
    }

    /** fsopen(2): a context to configure a file system of {@code type}. */
    public static Fd fsopen(String type) throws IOException {
        return fd(Libc.syscall(SyscallNumber.FSOPEN, CString.of("fsopen", type), CLOEXEC, 0, 0, 0, 0), "fsopen " + type);
    }

    /** fsconfig(2), FSCONFIG_SET_STRING. */
    public static void fsconfig(Fd context, String key, String value) throws IOException {
        byte[] v = CString.of("fsconfig", value);
        fsconfig(context, FSCONFIG_SET_STRING, CString.of("fsconfig", key), v, key + "=" + value);
    }

    /** fsconfig(2), FSCONFIG_SET_FLAG. */
    public static void fsconfig(Fd context, String flag) throws IOException {
        fsconfig(context, FSCONFIG_SET_FLAG, CString.of("fsconfig", flag), null, flag);
    }

    /** fsconfig(2), FSCONFIG_CMD_CREATE: makes the file system. The error tells what the kernel wrote about it. */
    public static void fsconfigCreate(Fd context) throws IOException {
        fsconfig(context, FSCONFIG_CMD_CREATE, null, null, "create");
    }

    private static void fsconfig(Fd context, int command, byte @Nullable [] key, byte @Nullable [] value, String shown) throws IOException {
        if (Libc.syscall(SyscallNumber.FSCONFIG, context.number(), command, key, value, 0, 0) < 0) {
            int errno = Libc.errno();
            throw new ErrnoException("fsconfig " + shown + log(context), errno);
        }
    }

    /** fsmount(2): the detached mount of a created file system; {@code attributes} are MOUNT_ATTR_*. */
    public static Fd fsmount(Fd context, int attributes) throws IOException {
        long fd = Libc.syscall(SyscallNumber.FSMOUNT, context.number(), CLOEXEC, attributes, 0, 0, 0);
        if (fd < 0) {
            int errno = Libc.errno();
            throw new ErrnoException("fsmount" + log(context), errno);
        }
        return Fd.adopt((int) fd);
    }

    /**
     * mount_setattr(2).
     *
     * @param flags AT_EMPTY_PATH, AT_RECURSIVE, AT_SYMLINK_NOFOLLOW
     * @param set MOUNT_ATTR_* to set
     * @param clear MOUNT_ATTR_* to clear
     * @param propagation MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE or 0
     * @param userNamespace the user namespace for MOUNT_ATTR_IDMAP
     */
    public static void mountSetattr(Fd dir, String path, int flags, long set, long clear, long propagation, @Nullable Fd userNamespace)
            throws IOException {
        byte[] attr = new byte[32];
        ByteBuffer.wrap(attr).order(ByteOrder.nativeOrder()).putLong(set).putLong(clear).putLong(propagation)
                .putLong(userNamespace == null ? 0 : userNamespace.number());
        byte[] p = CString.of("mount_setattr", path);
        if (Libc.syscall(SyscallNumber.MOUNT_SETATTR, dir.number(), p, flags, attr, attr.length, 0) < 0) {
            throw new ErrnoException("mount_setattr " + (path.isEmpty() ? dir : path), Libc.errno());
        }
    }

    /** pivot_root(2). Only inside {@link NamespaceThread#call}, in a mount namespace of its own. */
    public static void pivotRoot(String newRoot, String putOld) throws IOException {
        byte[] n = CString.of("pivot_root", newRoot);
        byte[] o = CString.of("pivot_root", putOld);
        if (Libc.syscall(SyscallNumber.PIVOT_ROOT, n, o, 0, 0, 0, 0) < 0) {
            throw new ErrnoException("pivot_root " + newRoot + " " + putOld, Libc.errno());
        }
    }

    private static Fd fd(long result, String call) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, Libc.errno());
        }
        return Fd.adopt((int) result);
    }

    /** What the kernel says about a context's last failure, as {@code " [overlay: ...]"}. */
    private static String log(Fd context) {
        StringBuilder log = new StringBuilder();
        byte[] line = new byte[1024];
        long n;
        while ((n = Libc.read(context.number(), line, line.length)) > 2 && log.length() < 4096) {
            log.append(log.isEmpty() ? " [" : "; ").append(new String(line, 2, (int) n - 2, StandardCharsets.UTF_8).strip());
        }
        return log.isEmpty() ? "" : log.append(']').toString();
    }
}

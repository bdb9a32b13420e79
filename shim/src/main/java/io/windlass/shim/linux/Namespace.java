package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.file.Path;

/** The kinds of namespace. See namespaces(7), setns(2), unshare(2), ioctl_ns(2). */
public enum Namespace {
    NET(0x40000000, "net"), IPC(0x08000000, "ipc"), UTS(0x04000000, "uts"), PID(0x20000000, "pid"), MNT(0x00020000, "mnt"), USER(0x10000000,
            "user"), CGROUP(0x02000000, "cgroup"), TIME(0x00000080, "time");

    private static final long NS_GET_NSTYPE = 0xb703;

    private final int flag;
    private final String procName;

    Namespace(int flag, String procName) {
        this.flag = flag;
        this.procName = procName;
    }

    /** Returns the CLONE_NEW* flag. */
    public int flag() {
        return flag;
    }

    /** Returns the name under {@code /proc/PID/ns}. */
    public String procName() {
        return procName;
    }

    /** Returns {@code /proc/PID/ns/NAME}. */
    public Path of(int pid) {
        return Path.of("/proc/" + pid + "/ns/" + procName);
    }

    /**
     * Pins the calling thread's namespace by a bind mount onto a new file at {@code path}: it lives until that is unmounted, by
     * {@link #unpin}. EEXIST where there is a file already.
     */
    public void pin(Path path) throws IOException {
        pin("/proc/thread-self/ns/" + procName, path);
    }

    /** Pins the namespace of a process; see {@link #pin(Path)}. */
    public void pin(int pid, Path path) throws IOException {
        pin(of(pid).toString(), path);
    }

    private static void pin(String source, Path path) throws IOException {
        String target = path.toString();
        Syscall.open(target, Fcntl.O_RDONLY | Fcntl.O_CREAT | Fcntl.O_EXCL, 0400).close();
        try {
            Mount.mount(source, target, null, Mount.MS_BIND, null);
        } catch (IOException e) {
            Syscall.unlinkat(Fd.CWD, target, 0);
            throw e;
        }
    }

    /** Takes a pin away: unmounts it and removes the file. Does nothing where it is gone; works on a file that was never mounted on. */
    public static void unpin(Path path) throws IOException {
        String target = path.toString();
        try {
            Mount.umount2(target, Mount.MNT_DETACH | Mount.UMOUNT_NOFOLLOW);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EINVAL) {
                throw e;
            }
        }
        try {
            Syscall.unlinkat(Fd.CWD, target, 0);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** Opens a namespace file and checks that it is of this kind; EINVAL otherwise. */
    public Fd open(Path path) throws IOException {
        Fd fd = Syscall.open(path.toString(), Fcntl.O_RDONLY, 0);
        int type = Libc.ioctl(fd.number(), NS_GET_NSTYPE, 0);
        if (type != flag) {
            fd.close();
            throw new ErrnoException("open " + path + " (not a " + procName + " namespace)", Errno.EINVAL);
        }
        return fd;
    }

    /** Moves the calling thread into a namespace of this kind. Only inside {@link NamespaceThread#call}. See setns(2). */
    public void setns(Fd namespace) throws IOException {
        if (Libc.setns(namespace.number(), flag) < 0) {
            throw new ErrnoException("setns " + procName + " " + namespace, Libc.errno());
        }
    }

    /** Moves the calling thread into new namespaces. Only inside {@link NamespaceThread#call}. See unshare(2). */
    public static void unshare(Namespace... namespaces) throws IOException {
        int flags = 0;
        StringBuilder names = new StringBuilder("unshare");
        for (Namespace namespace : namespaces) {
            flags |= namespace.flag;
            names.append(' ').append(namespace.procName);
        }
        if (Libc.unshare(flags) < 0) {
            throw new ErrnoException(names.toString(), Libc.errno());
        }
    }
}

package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.DirEntry;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;

/** Removing a directory with everything in it, by descriptors: names of any bytes, any depth, no link followed. */
public final class Tree {
    /** Descriptors held at a time; what lies deeper is moved up first. */
    private static final int DEPTH = 128;
    private static final int RESOLVE = Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_SYMLINKS | Fcntl.RESOLVE_NO_MAGICLINKS;

    private Tree() {}

    /** Removes {@code name} in {@code parent}, whatever it is. What is not there is no error. A mount in it is: EBUSY. */
    public static void remove(Fd parent, byte[] name) throws IOException {
        try {
            Syscall.unlinkat(parent, name, 0);
            return;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return;
            }
            if (e.errno() != Errno.EISDIR && e.errno() != Errno.EPERM) {
                throw e;
            }
        }
        int[] moved = {0};
        int before;
        do {
            before = moved[0];
            try (Fd top = open(parent, name)) {
                empty(top, top, 0, moved);
            }
        } while (moved[0] > before);
        Syscall.unlinkat(parent, name, Fcntl.AT_REMOVEDIR);
    }

    private static void empty(Fd dir, Fd top, int depth, int[] moved) throws IOException {
        for (DirEntry entry : FileIo.getdents(dir)) {
            byte[] name = entry.bytes();
            if (!entry.isDirectory() && entry.type() != DirEntry.DT_UNKNOWN) {
                Syscall.unlinkat(dir, name, 0);
            } else if (depth == DEPTH) {
                Syscall.renameat2(dir, name, top, ".deep-" + Long.toHexString(System.nanoTime()) + "-" + moved[0]++, 0);
            } else if (entry.isDirectory()) {
                try (Fd child = open(dir, name)) {
                    empty(child, top, depth + 1, moved);
                }
                Syscall.unlinkat(dir, name, Fcntl.AT_REMOVEDIR);
            } else {
                remove(dir, name);
            }
        }
    }

    private static Fd open(Fd parent, byte[] name) throws IOException {
        return Syscall.openat2(parent, name, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0, RESOLVE);
    }
}

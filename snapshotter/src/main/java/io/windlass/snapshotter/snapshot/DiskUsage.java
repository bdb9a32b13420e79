package io.windlass.snapshotter.snapshot;

import io.windlass.shim.linux.DirEntry;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Walks a directory that may change meanwhile and counts what it takes. */
final class DiskUsage {
    private static final int DEPTH = 256;

    private final Set<Long> linked = new HashSet<>();
    private long blocks;
    private long inodes;

    private DiskUsage() {}

    /** Returns the usage of {@code directory} and everything in it, not following links nor entering other file systems' mounts. */
    static Usage of(Path directory) throws IOException {
        DiskUsage usage = new DiskUsage();
        try (Fd root = Syscall.open(directory.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0)) {
            usage.count(Syscall.fstat(root));
            usage.walk(root, 0);
        }
        return new Usage(usage.blocks * 512, usage.inodes);
    }

    private void walk(Fd dir, int depth) throws IOException {
        for (DirEntry entry : FileIo.getdents(dir)) {
            try {
                Stat stat = Syscall.statx(dir, entry.bytes(), Fcntl.AT_SYMLINK_NOFOLLOW);
                count(stat);
                if (stat.isDirectory() && depth < DEPTH) {
                    try (Fd child = Syscall.openat2(dir, entry.bytes(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0,
                            Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_XDEV)) {
                        walk(child, depth + 1);
                    }
                }
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP && e.errno() != Errno.EXDEV) {
                    throw e;
                }
            }
        }
    }

    private void count(Stat stat) {
        if (!stat.isDirectory() && stat.links() > 1 && !linked.add(stat.inode())) {
            return;
        }
        blocks += stat.blocks();
        inodes++;
    }
}

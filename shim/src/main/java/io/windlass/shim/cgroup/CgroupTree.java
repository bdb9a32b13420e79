package io.windlass.shim.cgroup;

import io.windlass.shim.linux.DirEntry;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The directories of one hierarchy: making, listing and removing them. */
final class CgroupTree {
    private static final int MODE = 0755;

    private CgroupTree() {}

    /**
     * Makes a directory and its missing parents below the mount.
     *
     * @param made gets what was made, the topmost first, also when this fails
     */
    static void make(Path mount, Path directory, List<Path> made) throws IOException {
        for (int attempt = 0;; attempt++) {
            try {
                Syscall.mkdirat(Fd.CWD, directory.toString(), MODE);
                made.add(directory);
                return;
            } catch (ErrnoException e) {
                if (e.errno() == Errno.EEXIST) {
                    return;
                }
                // a parent may be removed by someone else between its making and this
                if (e.errno() != Errno.ENOENT || attempt == 3 || parent(directory).equals(mount)) {
                    throw e;
                }
                make(mount, parent(directory), made);
            }
        }
    }

    static Path parent(Path directory) {
        return Objects.requireNonNull(directory.getParent(), "directory is the root");
    }

    static boolean exists(Path directory) throws IOException {
        return Syscall.exists(Fd.CWD, directory.toString());
    }

    /** Returns the directory's children; none where it is gone. */
    static List<Path> children(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (Fd fd = Syscall.open(directory.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            for (DirEntry entry : FileIo.getdents(fd)) {
                if (entry.isDirectory()) {
                    children.add(directory.resolve(entry.name()));
                }
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        return children;
    }

    /** Returns the processes in the directory and below; those in a v2 directory that is threaded stand with their domain. */
    static List<Integer> pids(Path directory) throws IOException {
        List<Integer> pids = new ArrayList<>();
        addPids(directory, pids);
        return pids;
    }

    /** Those inside first: a process may be given to the directory above meanwhile, never the other way. */
    private static void addPids(Path directory, List<Integer> pids) throws IOException {
        for (Path child : children(directory)) {
            addPids(child, pids);
        }
        try {
            byte[] procs = ControlFile.read(directory, "cgroup.procs");
            for (int at = 0; at < procs.length; at++) {
                int pid = (int) ControlFile.number(procs, at);
                if (pid > 0) {
                    pids.add(pid);
                }
                while (at < procs.length && procs[at] != '\n') {
                    at++;
                }
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENODEV && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
    }

    /** Removes the directory, those below first; false where a process keeps one. Does nothing where it is gone. */
    static boolean remove(Path directory) throws IOException {
        if (rmdir(directory)) {
            return true;
        }
        boolean gone = true;
        for (Path child : children(directory)) {
            gone &= remove(child);
        }
        return gone && rmdir(directory);
    }

    private static boolean rmdir(Path directory) throws IOException {
        try {
            Syscall.unlinkat(Fd.CWD, directory.toString(), Fcntl.AT_REMOVEDIR);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return true;
            }
            if (e.errno() == Errno.EBUSY) {
                return false;
            }
            throw e;
        }
    }

    /** Undoes {@link #make} as far as nobody has moved in meanwhile. */
    static void undo(List<Path> made, Exception because) {
        for (Path directory : made.reversed()) {
            try {
                rmdir(directory);
            } catch (IOException e) {
                because.addSuppressed(e);
            }
        }
    }
}

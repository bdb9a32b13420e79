package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory taken as {@code /} for every path given to it: {@code ..} and absolute links, also hostile ones that change meanwhile, stay
 * inside. For container root file systems and the like. See openat2(2), RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS.
 */
public final class RootDir implements AutoCloseable {
    private static final int RESOLVE = Fcntl.RESOLVE_IN_ROOT | Fcntl.RESOLVE_NO_MAGICLINKS;
    private static final int MAX_LINKS = 40;

    private final Fd dir;

    private RootDir(Fd dir) {
        this.dir = dir;
    }

    /** Opens the directory, with O_PATH. */
    public static RootDir open(Path path) throws IOException {
        return new RootDir(Syscall.open(path.toString(), Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0));
    }

    /** Takes over an open directory. */
    public static RootDir adopt(Fd dir) {
        return new RootDir(dir);
    }

    /** Returns the directory's descriptor, which stays this object's. */
    public Fd fd() {
        return dir;
    }

    /** Opens a path in the root; {@code flags} are O_*. */
    public Fd open(String path, int flags) throws IOException {
        return open(path, flags, 0);
    }

    /** Opens a path in the root, or makes it with O_CREAT and this mode. */
    public Fd open(String path, int flags, int mode) throws IOException {
        return Syscall.openat2(dir, path.isEmpty() ? "/" : path, flags, mode, RESOLVE);
    }

    /** Looks at a path; links are followed in the root. Empty where nothing is there. */
    public Optional<Stat> stat(String path) throws IOException {
        try (Fd fd = open(path, Fcntl.O_PATH)) {
            return Optional.of(Syscall.fstat(fd));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Reads a regular file of at most {@code maxBytes}. Only such a file is opened: opening a device can be enough to do something to it, opening a
     * pipe to hang.
     *
     * @throws ErrnoException EINVAL for another type of file, EFBIG for a larger one, ENOENT
     */
    public byte[] readSmallFile(String path, int maxBytes) throws IOException {
        try (Fd found = open(path, Fcntl.O_PATH)) {
            Stat stat = Syscall.fstat(found);
            if (!stat.isRegular()) {
                throw new ErrnoException("read " + path + " (not a regular file)", Errno.EINVAL);
            }
            if (stat.size() > maxBytes) {
                throw new ErrnoException("read " + path + " (more than " + maxBytes + " bytes)", Errno.EFBIG);
            }
            try (Fd fd = Syscall.open(found.procPath(), Fcntl.O_RDONLY, 0)) {
                return fd.readAll(maxBytes);
            }
        }
    }

    /**
     * Makes a directory and its parents in the root, and opens it with O_PATH. A link on the way is followed in the root, also one to a
     * directory that does not exist yet, which is made.
     *
     * @param mode of the directories made here; the umask cuts it
     * @throws ErrnoException ENOTDIR where a file is in the way, ELOOP for more than 40 links
     */
    public Fd mkdirs(String path, int mode) throws IOException {
        return new InRootDirectories(this).make(path, mode, MAX_LINKS);
    }

    @Override
    public void close() {
        dir.close();
    }
}

package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes one entry after another in a layer's directory. A later entry replaces an earlier one of the same name; two directories become one. */
final class EntryApplier {
    private static final int CREATE = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_NOFOLLOW;
    private static final int BENEATH = Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_SYMLINKS;

    /** A directory's time, which is set last: making entries in it changes it. */
    private record Time(String path, long seconds, int nanos) {}

    /** Makes an object that must not exist yet. */
    private interface Maker {
        void make(Fd parent, byte[] name) throws IOException;
    }

    private final Directories directories;
    private final FileWriter files;
    private final PathBudget budget;
    private final List<Time> times = new ArrayList<>();

    EntryApplier(Directories directories, FileWriter files, PathBudget budget) {
        this.directories = directories;
        this.files = files;
        this.budget = budget;
    }

    void apply(TarEntry entry) throws IOException {
        EntryPath path = EntryPath.of(entry.name());
        if (path.base().isEmpty()) {
            root(entry);
        } else if (path.base().startsWith(Whiteout.PREFIX)) {
            Whiteout.apply(directories.get(path.parent()), path.base());
        } else {
            switch (entry.type()) {
                case '0' -> create(path, (parent, name) -> file(parent, name, entry));
                case '1' -> hardLink(path, entry);
                case '2' -> create(path, (parent, name) -> {
                    Syscall.symlinkat(entry.link(), parent, name);
                    Attributes.apply(parent, name, entry);
                });
                case '3' -> node(path, entry, Stat.S_IFCHR);
                case '4' -> node(path, entry, Stat.S_IFBLK);
                case '5' -> directory(path, entry);
                case '6' -> node(path, entry, Stat.S_IFIFO);
                default -> throw new ImageException(Kind.INVALID_ARGUMENT,
                        "the layer's entry \"" + entry.display() + "\" has the unknown type '" + (entry.type() < ' ' ? '?' : entry.type())
                                + "'");
            }
        }
    }

    private void file(Fd parent, byte[] name, TarEntry entry) throws IOException {
        try (Fd file = Syscall.openat2(parent, name, CREATE, 0600, BENEATH)) {
            files.write(file, entry);
            Attributes.apply(file, entry);
            Attributes.time(file, entry.seconds(), entry.nanos());
        }
    }

    private void node(EntryPath path, TarEntry entry, int type) throws IOException {
        create(path, (parent, name) -> {
            Syscall.mknodat(parent, name, type | entry.mode(), Stat.makedev(entry.major(), entry.minor()));
            Attributes.apply(parent, name, entry);
        });
    }

    private void hardLink(EntryPath path, TarEntry entry) throws IOException {
        EntryPath target = EntryPath.of(entry.link());
        if (target.equals(path)) {
            return;
        }
        if (target.base().isEmpty()) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the layer's entry \"" + entry.display() + "\" is a hard link to a directory");
        }
        create(path, (parent, name) -> {
            try (Fd from = Syscall.openat2(directories.root(), EntryPath.bytes(target.parent()), Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0,
                    Fcntl.RESOLVE_IN_ROOT | Fcntl.RESOLVE_NO_MAGICLINKS)) {
                Syscall.linkat(from, EntryPath.bytes(target.base()), parent, name, 0);
            } catch (ErrnoException e) {
                if (e.errno() == Errno.ENOENT || e.errno() == Errno.EPERM || e.errno() == Errno.ENOTDIR) {
                    throw new ImageException(Kind.INVALID_ARGUMENT,
                            "the layer's entry \"" + entry.display() + "\" is a hard link to what is no file of this layer", e);
                }
                throw e;
            }
        });
    }

    private void create(EntryPath path, Maker maker) throws IOException {
        byte[] name = EntryPath.bytes(path.base());
        try {
            maker.make(directories.get(path.parent()), name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            clear(path, name);
            maker.make(directories.get(path.parent()), name);
        }
    }

    private void clear(EntryPath path, byte[] name) throws IOException {
        Fd parent = directories.get(path.parent());
        Stat stat = Syscall.statx(parent, name, Fcntl.AT_SYMLINK_NOFOLLOW);
        Tree.remove(parent, name);
        if (stat.isDirectory() || stat.isLink()) {
            directories.invalidate();
        }
        if (stat.isDirectory()) {
            String below = path.path() + "/";
            times.removeIf(time -> time.path.equals(path.path()) || time.path.startsWith(below));
            directories.implied().removeIf(implied -> implied.equals(path.path()) || implied.startsWith(below));
        }
    }

    private void directory(EntryPath path, TarEntry entry) throws IOException {
        byte[] name = EntryPath.bytes(path.base());
        Fd parent = directories.get(path.parent());
        boolean opaque = false;
        try {
            Syscall.mkdirat(parent, name, 0700);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            Stat stat = Syscall.statx(parent, name, Fcntl.AT_SYMLINK_NOFOLLOW);
            if (!stat.isDirectory()) {
                opaque = Directories.isWhiteout(stat);
                clear(path, name);
                parent = directories.get(path.parent());
                Syscall.mkdirat(parent, name, 0700);
            }
        }
        try (Fd dir = Syscall.openat2(parent, name, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0, BENEATH)) {
            if (opaque) {
                Whiteout.opaque(dir);
            }
            Attributes.apply(dir, entry);
        }
        directories.implied().remove(path.path());
        times.add(new Time(budget.take(path.path()), entry.seconds(), entry.nanos()));
    }

    private void root(TarEntry entry) throws IOException {
        if (entry.type() != '5') {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the layer's root is not a directory");
        }
        Attributes.apply(directories.root(), entry);
        directories.implied().remove("");
        times.add(new Time(budget.take(""), entry.seconds(), entry.nanos()));
    }

    /** Sets the times of directories. */
    void finish() throws IOException {
        for (Time time : times) {
            try (Fd dir = Syscall.openat2(directories.root(), EntryPath.bytes(time.path), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0,
                    Fcntl.RESOLVE_IN_ROOT | Fcntl.RESOLVE_NO_MAGICLINKS)) {
                Attributes.time(dir, time.seconds, time.nanos);
            }
        }
    }
}

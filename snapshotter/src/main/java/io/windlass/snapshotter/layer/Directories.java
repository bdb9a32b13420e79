package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The directories of a layer that is being unpacked, by descriptor. A path is resolved by the kernel inside the layer's root, with its links; the last
 * ones are kept open because entries of one directory come together. Nobody else changes the tree, so only this applier's own removals make a
 * descriptor stale.
 */
final class Directories implements AutoCloseable {
    private static final int OPEN = 64;
    /** Missing directories and links on the way to one that is to be made: each takes a piece of the stack. */
    private static final int DEPTH = 400;
    private static final int FLAGS = Fcntl.O_RDONLY | Fcntl.O_DIRECTORY;
    private static final int RESOLVE = Fcntl.RESOLVE_IN_ROOT | Fcntl.RESOLVE_NO_MAGICLINKS;
    private static final int WHITEOUT = Stat.S_IFCHR;

    private final Fd root;
    private final PathBudget budget;
    private final LinkedHashMap<String, Fd> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> implied = new TreeSet<>();

    Directories(Fd root, PathBudget budget) {
        this.root = root;
        this.budget = budget;
        implied.add("");
    }

    Fd root() {
        return root;
    }

    /** Returns the directories that were made because something in them was, and were not named themselves; empty for the root. */
    Set<String> implied() {
        return implied;
    }

    /** Returns the directory at {@code path}, made with its missing parents. It stays owned by this. */
    Fd get(String path) throws IOException {
        return get(path, 0);
    }

    private Fd get(String path, int depth) throws IOException {
        if (path.isEmpty()) {
            return root;
        }
        Fd known = open.get(path);
        if (known != null) {
            return known;
        }
        try {
            return keep(path, Syscall.openat2(root, EntryPath.bytes(path), FLAGS, 0, RESOLVE));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
        return make(path, depth);
    }

    private Fd make(String path, int depth) throws IOException {
        if (depth == DEPTH) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "the layer has an entry that lies more than " + DEPTH + " missing directories and links below \"" + Text.shorten(path)
                            + "\"");
        }
        int slash = path.lastIndexOf('/');
        String parentPath = slash < 0 ? "" : path.substring(0, slash);
        Fd parent = get(parentPath, depth + 1);
        byte[] base = path.substring(slash + 1).getBytes(StandardCharsets.ISO_8859_1);
        boolean opaque = false;
        try {
            Syscall.mkdirat(parent, base, 0755);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            Stat stat = Syscall.statx(parent, base, Fcntl.AT_SYMLINK_NOFOLLOW);
            if (stat.isLink()) {
                return get(target(parentPath, Syscall.readlinkat(parent, base)), depth + 1);
            }
            opaque = isWhiteout(stat);
            if (opaque) {
                Syscall.unlinkat(parent, base, 0);
                Syscall.mkdirat(parent, base, 0755);
            } else if (!stat.isDirectory()) {
                throw new ImageException(Kind.INVALID_ARGUMENT,
                        "the layer has an entry below \"" + Text.shorten(path) + "\", which is no directory");
            }
        }
        implied.add(budget.take(path));
        Fd made = Syscall.openat2(parent, base, FLAGS | Fcntl.O_NOFOLLOW, 0, RESOLVE);
        FileIo.fchmod(made, 0755);
        if (opaque) {
            Whiteout.opaque(made);
        }
        return keep(path, made);
    }

    /** Returns where a link in {@code directory} leads, inside the root: {@code ..} does not leave it. */
    private static String target(String directory, byte[] link) {
        String to = new String(link, StandardCharsets.ISO_8859_1);
        StringBuilder path = new StringBuilder(to.startsWith("/") ? "" : directory);
        for (String component : to.split("/", -1)) {
            if (component.equals("..")) {
                path.setLength(Math.max(path.lastIndexOf("/"), 0));
            } else if (!component.isEmpty() && !component.equals(".")) {
                path.append(path.isEmpty() ? "" : "/").append(component);
            }
        }
        return path.toString();
    }

    static boolean isWhiteout(Stat stat) {
        return stat.type() == WHITEOUT && stat.specialDevice() == 0;
    }

    private Fd keep(String path, Fd fd) {
        open.put(path, fd);
        if (open.size() > OPEN) {
            Map.Entry<String, Fd> eldest = open.entrySet().iterator().next();
            open.remove(eldest.getKey());
            eldest.getValue().close();
        }
        return fd;
    }

    /** Forgets all descriptors: a directory or a link was removed. Descriptors that {@link #get} returned before are closed. */
    void invalidate() {
        open.values().forEach(Fd::close);
        open.clear();
    }

    @Override
    public void close() {
        invalidate();
    }
}

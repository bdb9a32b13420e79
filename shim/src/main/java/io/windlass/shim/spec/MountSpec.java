package io.windlass.shim.spec;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * One mount of a container. A destination is resolved inside the container's root, links included, and made if it is missing.
 *
 * <p>
 * {@link Bind} brings something of the host, {@link Image} what an image holds, {@link Filesystem} a new file system; {@link Dev} and {@link Cgroup} are
 * the two that need more than one mount.
 */
public sealed interface MountSpec {
    /** Where the mount goes: an absolute path inside the container, without empty, "." and ".." names whatever it was made with. */
    String destination();

    /**
     * A file or directory of the host. The source is opened while the host is still visible, links in it are followed there; it must exist.
     *
     * @param recursive whether mounts below the source come along
     * @param flags set on the mount itself
     * @param recursiveReadonly whether read-only holds for every mount below too; wants READONLY among the flags
     * @param idMapped whether owners are shown by the mapping of the container's user namespace; not of mounts below
     */
    record Bind(String destination, Path source, boolean recursive, Set<MountFlag> flags, boolean recursiveReadonly,
            Propagation propagation, boolean idMapped)
            implements
                MountSpec {
        /** Not ID-mapped. */
        public Bind(String destination, Path source, boolean recursive, Set<MountFlag> flags, boolean recursiveReadonly,
                Propagation propagation) {
            this(destination, source, recursive, flags, recursiveReadonly, propagation, false);
        }

        public Bind {
            flags = Set.copyOf(flags);
            destination = plain(destination);
            if (!source.isAbsolute()) {
                throw new IllegalArgumentException("mount source " + source + " of " + destination + " is not absolute");
            }
            if (recursiveReadonly && !flags.contains(MountFlag.READONLY)) {
                throw new IllegalArgumentException("mount " + destination + ": recursive read-only needs read-only");
            }
        }

        /** Returns this, ID-mapped or not. */
        public Bind idMapped(boolean mapped) {
            return new Bind(destination, source, recursive, flags, recursiveReadonly, propagation, mapped);
        }

        /** Returns a private, recursive bind mount. */
        public static Bind of(String destination, Path source, boolean readonly) {
            return new Bind(destination, source, true, readonly ? Set.of(MountFlag.READONLY) : Set.of(), false, Propagation.PRIVATE);
        }
    }

    /**
     * An image, or a directory or file in it, read-only and without devices. Its layers are put together inside the container's own mount namespace.
     *
     * @param base an absolute directory on the host
     * @param lowers directories of the layers relative to {@code base}, top first, at least one
     * @param subPath resolved inside the image's root, links included; empty for all of the image
     * @param flags set beside READONLY and NODEV
     */
    record Image(String destination, Path base, List<String> lowers, String subPath, Set<MountFlag> flags) implements MountSpec {
        public Image {
            lowers = List.copyOf(lowers);
            flags = Set.copyOf(flags);
            destination = plain(destination);
            Strings.requireNoNul("sub path", subPath);
            if (lowers.isEmpty()) {
                throw new IllegalArgumentException("image at " + destination + " has no layer");
            }
            lowers.forEach(RootSpec.Overlay::requirePlain);
        }
    }

    /**
     * A new instance of a file system: proc, sysfs, tmpfs, mqueue.
     *
     * @param data options of the file system, for example {@code "mode=755,size=65536k"}; may be empty
     */
    record Filesystem(String destination, String type, Set<MountFlag> flags, String data) implements MountSpec {
        public Filesystem {
            flags = Set.copyOf(flags);
            destination = plain(destination);
        }
    }

    /**
     * A fresh /dev: a tmpfs with the nodes null, zero, full, random, urandom and tty, a devpts of its own, the links ptmx, fd, stdin, stdout, stderr, and the
     * directories shm and mqueue.
     */
    record Dev() implements MountSpec {
        @Override
        public String destination() {
            return "/dev";
        }
    }

    /**
     * The container's own cgroups at /sys/fs/cgroup.
     *
     * @param views one directory for each hierarchy, bound under its name; a single view with an empty name (cgroup v2) is bound on /sys/fs/cgroup itself
     */
    record Cgroup(List<CgroupView> views, boolean readonly) implements MountSpec {
        public Cgroup {
            views = List.copyOf(views);
        }

        @Override
        public String destination() {
            return "/sys/fs/cgroup";
        }
    }

    /**
     * @param name the name under /sys/fs/cgroup, for example {@code "memory"}; empty for /sys/fs/cgroup itself
     * @param directory the container's cgroup directory in that hierarchy on the host, or the root of it
     */
    record CgroupView(String name, Path directory) {}

    /**
     * Returns a destination without empty, "." and ".." names, so that "/proc/" is what "/proc" is to all that look at it. By its text
     * alone, and not by {@link Path}, which refuses names that the daemon's locale has no letters for.
     */
    private static String plain(String destination) {
        if (!destination.startsWith("/")) {
            throw new IllegalArgumentException("mount destination " + destination + " is not absolute");
        }
        Strings.requireNoNul("mount destination", destination);
        Deque<String> names = new ArrayDeque<>();
        for (String name : destination.split("/")) {
            switch (name) {
                case "", "." -> {
                }
                case ".." -> names.pollLast();
                default -> names.add(name);
            }
        }
        return "/" + String.join("/", names);
    }
}

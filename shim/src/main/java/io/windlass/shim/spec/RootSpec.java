package io.windlass.shim.spec;

import java.nio.file.Path;
import java.util.List;

/** The root file system of a container. */
public sealed interface RootSpec {
    /** Whether the root is mounted read-only, once everything that has to be made in it is there. */
    boolean readonly();

    /**
     * An overlay, mounted inside the container's own mount namespace: the host never sees the mount. Names are relative to {@code base}, which keeps
     * the mount data within the one page that the kernel takes.
     *
     * @param base an absolute directory on the host
     * @param lowers relative directories of the layers, top first, at least one
     * @param upper relative directory that takes the changes
     * @param work relative directory, empty, on the same file system as upper
     */
    record Overlay(Path base, List<String> lowers, String upper, String work, boolean readonly) implements RootSpec {
        /** Where, below {@code work}, the kernel marks, by a file {@code dirty}, that an overlay was mounted volatile. See its filesystems/overlayfs.rst. */
        public static final String VOLATILE_MARK = "/work/incompat/volatile";

        public Overlay {
            lowers = List.copyOf(lowers);
            if (lowers.isEmpty()) {
                throw new IllegalArgumentException("overlay under " + base + " has no lower directory");
            }
            lowers.forEach(Overlay::requirePlain);
            requirePlain(upper);
            requirePlain(work);
        }

        static void requirePlain(String name) {
            if (name.isEmpty() || name.startsWith("/") || name.indexOf(':') >= 0 || name.indexOf(',') >= 0 || name.indexOf('\\') >= 0) {
                throw new IllegalArgumentException("overlay directory " + name + " is not a plain relative path");
            }
        }
    }

    /** A directory on the host that is used as it is. */
    record Directory(Path path, boolean readonly) implements RootSpec {}
}

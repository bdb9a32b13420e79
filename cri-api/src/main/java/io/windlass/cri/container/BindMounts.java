package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.MountPropagation;
import io.windlass.shim.linux.MountPoint;
import io.windlass.shim.linux.Mounts;
import io.windlass.shim.linux.Shortage;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.Propagation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The mounts of a request, found on the host.
 *
 * <p>
 * As with the peers, a source that does not exist is made as a directory, and links in a source are followed on the host. A mount that needs a
 * shared source is refused where the source is on a private one, as it would silently not propagate.
 */
final class BindMounts {
    private BindMounts() {}

    /** Checks what can be checked without looking at the host; all refusals are INVALID_ARGUMENT. */
    static void check(List<Mount> mounts) {
        for (var mount : mounts) {
            var destination = mount.getContainerPath();
            if (!destination.startsWith("/") || destination.indexOf('\0') >= 0) {
                throw CriException.invalidArgument("mount target \"" + destination.replace('\0', '?') + "\" is not an absolute path");
            }
            MountOptions.of(mount);
            if (ImageMounts.is(mount)) {
                ImageMounts.check(mount);
                continue;
            }
            if (!mount.getHostPath().startsWith("/") || mount.getHostPath().indexOf('\0') >= 0) {
                throw CriException.invalidArgument("mount " + destination + ": source \"" + mount.getHostPath().replace('\0', '?')
                        + "\" is not an absolute path");
            }
            checkReadonly(mount);
        }
    }

    /** Returns the mounts of things on the host, whose missing sources are there then. */
    static List<MountSpec> resolve(List<Mount> mounts) throws IOException {
        var resolved = new ArrayList<MountSpec>(mounts.size());
        for (var mount : mounts) {
            if (!ImageMounts.is(mount)) {
                var source = source(mount);
                requireShared(mount, source);
                resolved.add(bind(mount, source));
            }
        }
        return resolved;
    }

    /** Returns the mounts of things on the host without looking there. */
    static List<MountSpec> describe(List<Mount> mounts) {
        return mounts.stream().filter(mount -> !ImageMounts.is(mount)).<MountSpec>map(mount -> bind(mount, Path.of(mount.getHostPath())))
                .toList();
    }

    private static MountSpec.Bind bind(Mount mount, Path source) {
        return new MountSpec.Bind(mount.getContainerPath(), source, true, MountOptions.of(mount), mount.getRecursiveReadOnly(),
                propagation(mount), ContainerIds.isMapped(mount));
    }

    /** Sorts by the number of parts of the destination, and leaves equals in their order. */
    static void sort(List<MountSpec> mounts) {
        mounts.sort(Comparator.comparingInt(mount -> Path.of(mount.destination()).getNameCount()));
    }

    private static void checkReadonly(Mount mount) {
        if (!mount.getRecursiveReadOnly()) {
            return;
        }
        if (!mount.getReadonly()) {
            throw CriException.invalidArgument("mount " + mount.getContainerPath() + ": recursive_read_only needs readonly");
        }
        if (mount.getPropagation() != MountPropagation.PROPAGATION_PRIVATE) {
            throw CriException.invalidArgument("mount " + mount.getContainerPath() + ": recursive_read_only needs private propagation");
        }
    }

    private static Path source(Mount mount) throws IOException {
        var source = Path.of(mount.getHostPath());
        try {
            if (Files.notExists(source)) {
                HostDirectories.create(source);
            }
            return source.toRealPath();
        } catch (IOException e) {
            if (Shortage.isBehind(e)) {
                throw e;
            }
            throw CriException.failedPrecondition(
                    "mount " + mount.getContainerPath() + ": source " + source + " cannot be used or made: " + e.getMessage());
        }
    }

    private static void requireShared(Mount mount, Path source) throws IOException {
        switch (propagation(mount)) {
            case PRIVATE -> {
            }
            case HOST_TO_CONTAINER -> {
                var on = mountOf(source);
                if (!on.isShared() && on.propagation().stream().noneMatch(field -> field.startsWith("master:"))) {
                    throw notShared(mount, source, on, "shared or slave");
                }
            }
            case BIDIRECTIONAL -> {
                var on = mountOf(source);
                if (!on.isShared()) {
                    throw notShared(mount, source, on, "shared");
                }
            }
        }
    }

    private static Propagation propagation(Mount mount) {
        return switch (mount.getPropagation()) {
            case PROPAGATION_PRIVATE -> Propagation.PRIVATE;
            case PROPAGATION_HOST_TO_CONTAINER -> Propagation.HOST_TO_CONTAINER;
            case PROPAGATION_BIDIRECTIONAL -> Propagation.BIDIRECTIONAL;
            case UNRECOGNIZED -> throw CriException.invalidArgument("mount " + mount.getContainerPath() + ": propagation is not known");
        };
    }

    private static CriException notShared(Mount mount, Path source, MountPoint on, String wanted) {
        return CriException.failedPrecondition("mount " + mount.getContainerPath() + ": source " + source + " is on the mount " + on.path()
                + ", which is not " + wanted + ": make it so with mount --make-rshared, or use private propagation");
    }

    private static MountPoint mountOf(Path source) throws IOException {
        MountPoint deepest = null;
        for (var mount : Mounts.self()) {
            var path = Path.of(mount.path());
            if (source.startsWith(path) && (deepest == null || path.getNameCount() >= Path.of(deepest.path()).getNameCount())) {
                deepest = mount;
            }
        }
        if (deepest == null) {
            throw new IOException("no mount holds " + source);
        }
        return deepest;
    }
}

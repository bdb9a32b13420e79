package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Mount;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.RootDir;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.RootSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the places of mounts where the path leads through a link to what is not there. A program of system calls cannot take a link apart, so the
 * launcher does this for the few images that need it, in a mount namespace that ends with the work, and starts the container again.
 */
final class MountPlaces {
    private static final int MODE = 0755;
    private static final int MAX_LINKS = 40;

    private MountPlaces() {}

    /** Tells whether a failed start may succeed once the places are made. */
    static boolean mayHelp(LaunchException failure) {
        return failure.step().startsWith("mount ") && (failure.errno() == Errno.ENOENT || failure.errno() == Errno.EEXIST);
    }

    /** @throws LaunchException naming the mount whose place cannot be made */
    static void make(ContainerSpec spec) throws IOException {
        NamespaceThread.<@Nullable Void, IOException>call(() -> {
            Namespace.unshare(Namespace.MNT); // which makes the umask this thread's own, too
            Processes.umask(0);
            Mount.mount(null, "/", null, Mount.MS_REC | Mount.MS_PRIVATE, null);
            try (RootDir root = open(spec.root())) {
                for (MountSpec mount : spec.mountsInRoot()) {
                    make(root, mount);
                }
            }
            return null;
        });
    }

    private static RootDir open(RootSpec root) throws IOException {
        return switch (root) {
            case RootSpec.Directory directory -> RootDir.open(directory.path());
            case RootSpec.Overlay overlay -> {
                String base = overlay.base().toString();
                Path mark = Path.of(base, overlay.work() + RootSpec.Overlay.VOLATILE_MARK);
                Files.deleteIfExists(mark.resolve("dirty"));
                Files.deleteIfExists(mark);
                try (Fd layers = Syscall.open(base, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0)) {
                    String at = layers.procPath() + "/";
                    String lowers = overlay.lowers().stream().map(lower -> at + lower).collect(Collectors.joining(":"));
                    Mount.mount("overlay", base, "overlay", 0,
                            "lowerdir=" + lowers + ",upperdir=" + at + overlay.upper() + ",workdir=" + at + overlay.work());
                }
                yield RootDir.open(overlay.base());
            }
        };
    }

    private static void make(RootDir root, MountSpec mount) throws IOException {
        String destination = mount.destination();
        try {
            if (root.stat(destination).isPresent()) {
                return;
            }
            if (mount instanceof MountSpec.Bind bind && Files.isDirectory(bind.source())) {
                root.mkdirs(destination, MODE).close();
            } else {
                makeParents(root, destination);
            }
        } catch (ErrnoException e) {
            throw new LaunchException("mount " + destination, e.errno(), false);
        }
    }

    /** Where the last part is a link, the end of that may need parents as well. */
    private static void makeParents(RootDir root, String destination) throws IOException {
        String path = destination;
        for (int links = 0; links <= MAX_LINKS; links++) {
            int slash = path.lastIndexOf('/');
            String parent = path.substring(0, slash + 1);
            String name = path.substring(slash + 1);
            try (Fd directory = root.mkdirs(parent, MODE)) {
                if (name.isEmpty() || name.equals("..") || !isLink(directory, name)) {
                    return;
                }
                String target = Syscall.readlinkat(directory, name);
                path = target.startsWith("/") ? target : parent + target;
            }
        }
        throw new ErrnoException("mkdirs " + destination, Errno.ELOOP);
    }

    private static boolean isLink(Fd directory, String name) throws IOException {
        return Syscall.exists(directory, name) && Syscall.statx(directory, name, Fcntl.AT_SYMLINK_NOFOLLOW).isLink();
    }
}

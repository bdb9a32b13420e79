package io.windlass.cri.container;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.RootDir;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.snapshot.OverlayDirs;
import java.io.IOException;

/**
 * Volumes that an image declares: a fresh directory a container each, with what the image has there. They are kept and removed with the container.
 */
final class ImageVolumes {
    private ImageVolumes() {}

    /** @param image the image's layers, to be read inside their root */
    static void create(ContainerRecord container, ContainerPaths paths, OverlayDirs image) throws IOException {
        if (container.volumes().isEmpty()) {
            return;
        }
        for (var volume : container.volumes()) {
            HostDirectories.create(paths.volume(volume.directory()));
        }
        ImageView.read(image, root -> {
            for (var volume : container.volumes()) {
                fill(root, volume.destination(), paths.volume(volume.directory()).toString());
            }
            return container;
        });
    }

    private static void fill(RootDir root, String source, String target) throws IOException {
        try (var from = root.open(source, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY);
                var to = Syscall.open(target, Fcntl.O_RDONLY | Fcntl.O_DIRECTORY | Fcntl.O_NOFOLLOW, 0)) {
            TreeCopy.copy(from, to);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
    }
}

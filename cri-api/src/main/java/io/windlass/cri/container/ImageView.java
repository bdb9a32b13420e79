package io.windlass.cri.container;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Mount;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.RootDir;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.snapshot.OverlayDirs;
import java.io.IOException;

/**
 * An image's root file system for reading, put together from its layers in a mount namespace that ends with the work: the node never sees the
 * mount.
 */
final class ImageView {
    private ImageView() {}

    /** The work; it runs on a thread with a mount namespace of its own. */
    @FunctionalInterface
    interface Reader<T> {
        T read(RootDir root) throws IOException;
    }

    /** Runs the work with the root of a view. */
    static <T> T read(OverlayDirs view, Reader<T> reader) throws IOException {
        if (view.lowers().size() == 1) { // overlayfs wants two; one is what it shows
            try (var root = RootDir.open(view.base().resolve(view.lowers().getFirst()))) {
                return reader.read(root);
            }
        }
        return NamespaceThread.<T, IOException>call(() -> {
            Namespace.unshare(Namespace.MNT);
            Mount.mount(null, "/", null, Mount.MS_REC | Mount.MS_PRIVATE, null);
            var base = view.base().toString();
            try (var dir = Syscall.open(base, Fcntl.O_PATH | Fcntl.O_DIRECTORY, 0)) {
                Mount.mount("overlay", base, "overlay", Mount.MS_RDONLY | Mount.MS_NOSUID | Mount.MS_NODEV, options(dir, view));
            }
            try (var root = RootDir.open(view.base())) {
                return reader.read(root);
            }
        });
    }

    /** Names the layers below a descriptor, which keeps even 127 of them within the page that mount(2) takes. */
    private static String options(Fd base, OverlayDirs view) {
        var options = new StringBuilder("lowerdir=");
        for (var lower : view.lowers()) {
            options.append(base.procPath()).append('/').append(lower).append(':');
        }
        options.setLength(options.length() - 1);
        return options.toString();
    }
}

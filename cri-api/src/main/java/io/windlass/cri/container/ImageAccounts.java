package io.windlass.cri.container;

import io.windlass.cri.container.spec.Accounts;
import io.windlass.cri.error.CriException;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.RootDir;
import io.windlass.shim.linux.Shortage;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The users and groups of images. Each stack of layers is read once: it never changes.
 *
 * <p>
 * /etc/passwd and /etc/group are read inside the image's root, must be regular files and at most 1 MiB.
 */
final class ImageAccounts {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_IMAGES = 512;

    private final Snapshotter snapshots;
    private final Map<ChainId, Accounts> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ChainId, Accounts> eldest) {
            return size() > MAX_IMAGES;
        }
    };

    ImageAccounts(Snapshotter snapshots) {
        this.snapshots = snapshots;
    }

    /** Returns what the image with these layers knows. */
    Accounts of(ChainId chain) throws IOException {
        synchronized (known) {
            var accounts = known.get(chain);
            if (accounts != null) {
                return accounts;
            }
        }
        var accounts = ImageView.read(snapshots.view(chain), root -> Accounts.parse(read(root, "/etc/passwd"), read(root, "/etc/group")));
        synchronized (known) {
            known.put(chain, accounts);
        }
        return accounts;
    }

    private static String read(RootDir root, String file) throws IOException {
        try {
            return new String(root.readSmallFile(file, MAX_BYTES), StandardCharsets.UTF_8);
        } catch (ErrnoException e) {
            if (Shortage.isOne(e.errno())) {
                throw e;
            }
            return switch (e.errno()) {
                case Errno.ENOENT, Errno.ENOTDIR -> "";
                default -> throw CriException.failedPrecondition("the image's " + file
                        + " cannot be used, it must be a regular file of at most 1 MiB: " + e.getMessage());
            };
        }
    }
}

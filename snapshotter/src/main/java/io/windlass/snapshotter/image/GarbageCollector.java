package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.util.HashSet;
import java.util.Set;

/**
 * Deletes what nothing needs. Needed are: of blobs, what an image's record names; of layers, the chains of images and what active snapshots stand on;
 * of both, what a running pull protects. What a fetch got before it was cut goes too: until then it serves the next one. Compressed layers are kept as
 * long as their image, as containerd keeps them: a layer that is damaged on disk can then be checked and made anew without the registry, which may be
 * gone.
 */
final class GarbageCollector {
    private final ImageStore images;
    private final ContentStore content;
    private final Snapshotter snapshots;
    private final Leases leases;

    GarbageCollector(ImageStore images, ContentStore content, Snapshotter snapshots, Leases leases) {
        this.images = images;
        this.content = content;
        this.snapshots = snapshots;
        this.leases = leases;
    }

    /** Collects and returns how many blobs and layers were deleted. */
    synchronized int collect() throws ImageException {
        content.dropPartials();
        return blobs() + layers();
    }

    private int blobs() throws ImageException {
        int deleted = 0;
        for (Digest blob : content.list()) {
            if (leases.condemn(blob)) {
                try {
                    if (!needsBlob(blob)) {
                        content.delete(blob);
                        deleted++;
                    }
                } finally {
                    leases.release(blob);
                }
            }
        }
        return deleted;
    }

    private boolean needsBlob(Digest blob) {
        return images.entries().values().stream().anyMatch(entry -> entry.record().blobs().contains(blob));
    }

    /** A chain can go when those above it are gone: go round until nothing more goes. */
    private int layers() throws ImageException {
        int deleted = 0;
        int before;
        do {
            before = deleted;
            for (ChainId chain : snapshots.committed()) {
                deleted += remove(chain) ? 1 : 0;
            }
        } while (deleted > before);
        return deleted;
    }

    private boolean remove(ChainId chain) throws ImageException {
        if (!leases.condemn(chain)) {
            return false;
        }
        try {
            if (neededLayers().contains(chain)) {
                return false;
            }
            snapshots.removeCommitted(chain);
            return true;
        } catch (ImageException e) {
            if (e.kind() == Kind.FAILED_PRECONDITION) {
                return false;
            }
            throw e;
        } finally {
            leases.release(chain);
        }
    }

    private Set<ChainId> neededLayers() {
        Set<ChainId> needed = new HashSet<>();
        for (ImageStore.Entry entry : images.entries().values()) {
            needed.addAll(ChainId.all(entry.image().config().diffIds()));
        }
        return needed;
    }
}

package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Manifest;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the layers anew that images of this node have lost, from their blobs, without a registry. An image whose blobs are damaged too is set aside:
 * it is then not on this node, so that its owner pulls it again.
 */
final class LayerRestore {
    private static final Logger LOG = LoggerFactory.getLogger(LayerRestore.class);

    private final ImageStore images;
    private final ContentStore content;
    private final Snapshotter snapshots;
    private final ImageUnpacker unpacker;
    private final Leases leases;

    LayerRestore(ImageStore images, ContentStore content, Snapshotter snapshots, ImageUnpacker unpacker, Leases leases) {
        this.images = images;
        this.content = content;
        this.snapshots = snapshots;
        this.unpacker = unpacker;
        this.leases = leases;
    }

    /** Returns the images of which layers are missing. */
    List<ImageStore.Entry> incomplete() {
        return images.entries().values().stream().filter(entry -> !snapshots.has(entry.record().chainId())).toList();
    }

    /** Restores all that are incomplete, one after the other. */
    void run() {
        for (ImageStore.Entry entry : incomplete()) {
            try {
                restore(entry);
                LOG.warn("event=layers-restored image={}", entry.record().id());
            } catch (ImageException e) {
                giveUp(entry, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void giveUp(ImageStore.Entry entry, ImageException reason) {
        if (snapshots.has(entry.record().chainId())) {
            return; // somebody has pulled it meanwhile
        }
        if (reason.kind() != Kind.INVALID_ARGUMENT && reason.kind() != Kind.NOT_FOUND && reason.kind() != Kind.DATA_LOSS) {
            LOG.warn("event=layers-not-restored image={} error=\"{}\"", entry.record().id(), reason.getMessage());
            return; // the disk may be full: whoever looks for the image next has it tried again
        }
        try {
            images.quarantine(entry.record().id(), String.valueOf(reason.getMessage()));
        } catch (ImageException e) {
            LOG.error("event=image-not-quarantined image={} error=\"{}\"", entry.record().id(), e.getMessage());
        }
    }

    private void restore(ImageStore.Entry entry) throws ImageException, InterruptedException {
        try (Leases.Lease lease = leases.open()) {
            for (Digest blob : entry.record().blobs()) {
                lease.protect(blob);
            }
            for (ChainId chain : ChainId.all(entry.image().config().diffIds())) {
                lease.protect(chain);
            }
            Manifest manifest = new ManifestFinder(content).find(entry.record()).orElseThrow(() -> new ImageException(Kind.NOT_FOUND,
                    "no manifest of image " + entry.record().id() + " is on this node: pull it again"));
            unpacker.unpack(manifest, entry.image().config(), nowhere -> null, Progress.NONE);
        }
    }
}

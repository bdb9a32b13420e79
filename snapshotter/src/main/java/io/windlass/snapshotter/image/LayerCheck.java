package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.content.Finding;
import io.windlass.snapshotter.layer.LayerCompare;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.Manifest;
import io.windlass.snapshotter.snapshot.SnapshotCheck;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Compares the files of an image's layers with the blobs that they were unpacked from. */
final class LayerCheck {
    private final ContentStore content;
    private final SnapshotCheck snapshots;
    private final List<Finding> findings;

    LayerCheck(ContentStore content, SnapshotCheck snapshots, List<Finding> findings) {
        this.content = content;
        this.snapshots = snapshots;
        this.findings = findings;
    }

    void run(String image, ImageRecord record, ImageConfig config) {
        Optional<Manifest> manifest;
        try {
            manifest = new ManifestFinder(content).find(record);
        } catch (ImageException e) {
            findings.add(Finding.stuck(image, "its layers cannot be compared: " + e.getMessage(), "look at the disk"));
            return;
        }
        List<ChainId> chains = ChainId.all(config.diffIds());
        if (manifest.isEmpty() || manifest.get().layers().size() != chains.size()) {
            return; // what is missing is named already
        }
        for (int i = 0; i < chains.size(); i++) {
            Descriptor layer = manifest.get().layers().get(i);
            if (content.has(layer.digest())) {
                compare(image, layer.digest(), config.diffIds().get(i), chains.get(i));
            }
        }
    }

    private void compare(String image, Digest blob, Digest diffId, ChainId chain) {
        try (InputStream in = content.open(blob)) {
            Optional<String> difference = LayerCompare.first(in, diffId, snapshots.directory(chain));
            if (difference.isPresent()) {
                add(image + ", layer " + blob, difference.get(), chain);
            }
        } catch (ImageException e) {
            return; // a damaged blob: named already
        } catch (IOException e) {
            findings.add(Finding.stuck(image + ", layer " + blob, "it cannot be read: " + e.getMessage(), "look at the disk"));
        }
    }

    private void add(String object, String problem, ChainId chain) {
        if (snapshots.isUsed(chain)) {
            findings.add(Finding.stuck(object, problem, "remove the containers that use it and run the repair again"));
        } else {
            findings.add(Finding.mendable(object, problem, "a repair unpacks it again", () -> snapshots.remove(chain)));
        }
    }
}

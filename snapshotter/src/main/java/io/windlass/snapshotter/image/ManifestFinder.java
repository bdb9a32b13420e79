package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Document;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Manifest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the manifest of an image among its blobs: the document whose configuration is the image. */
record ManifestFinder(ContentStore content) {

    /** Throws where a blob cannot be read that may be the manifest: that is not known then. */
    Optional<Manifest> find(ImageRecord image) throws ImageException {
        for (Digest blob : image.blobs()) {
            if (!blob.equals(image.id()) && content.size(blob).orElse(0) <= Document.LIMIT
                    && parse(blob) instanceof Manifest manifest && manifest.config().digest().equals(image.id())) {
                return Optional.of(manifest);
            }
        }
        return Optional.empty();
    }

    private @Nullable Document parse(Digest blob) throws ImageException {
        try {
            return Document.parse(content.read(blob, Document.LIMIT), "");
        } catch (ImageException e) {
            if (e.kind() == Kind.INVALID_ARGUMENT || e.kind() == Kind.NOT_FOUND || e.kind() == Kind.DATA_LOSS) {
                return null; // a layer, missing or damaged
            }
            throw e;
        }
    }
}

package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a manifest says of a layer, compared with the layer's blob in the store: either may be wrong. */
record StoredBlob(ContentStore content, Descriptor descriptor) {
    private static final Logger LOG = LoggerFactory.getLogger(StoredBlob.class);

    /** Throws DATA_LOSS when the blob is there with another length than the manifest gives it. */
    void checkLength() throws ImageException {
        OptionalLong found = content.size(descriptor.digest());
        if (found.isPresent() && found.getAsLong() != descriptor.size()) {
            throw new ImageException(Kind.DATA_LOSS, "layer " + descriptor.digest() + " has " + found.getAsLong()
                    + " bytes on this node, its manifest says " + descriptor.size());
        }
    }

    /** Deletes the blob when its content is not what its name says, and else leaves it to other images. Tells whether it is gone. */
    boolean deleteIfDamaged() throws ImageException {
        Digest digest = descriptor.digest();
        try {
            if (content.digestOf(digest).equals(digest)) {
                return false;
            }
        } catch (IOException e) {
            return !content.has(digest); // one that cannot be read now may be whole
        }
        LOG.warn("event=damaged-blob-deleted blob={}", digest);
        content.delete(digest);
        return true;
    }
}

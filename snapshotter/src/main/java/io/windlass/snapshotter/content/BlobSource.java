package io.windlass.snapshotter.content;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a blob's bytes come from. Runs on a thread of the store's own, which is interrupted when nobody wants the blob any more. */
@FunctionalInterface
public interface BlobSource {

    /** Takes the bytes in order. */
    @FunctionalInterface
    interface Sink {
        /** Takes all that remains in {@code bytes}. */
        void write(ByteBuffer bytes) throws IOException;
    }

    /**
     * Writes the blob to {@code sink}, without the first {@code from} bytes.
     *
     * @throws io.windlass.snapshotter.oci.ImageException of kind UNAVAILABLE when the rest may come later: what has been written is then kept
     */
    void writeTo(long from, Sink sink) throws IOException;
}

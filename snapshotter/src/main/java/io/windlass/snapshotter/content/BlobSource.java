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

    /** Writes the whole blob to {@code sink}. */
    void writeTo(Sink sink) throws IOException;
}

package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** The uncompressed stream of a layer, in large pieces, hashed and counted as it goes by. */
final class TarInput {
    private final InputStream in;
    private final MessageDigest hasher;
    private final Digest.Algorithm algorithm;
    private final long limit;
    private final byte[] buffer = new byte[1 << 17];
    private int position;
    private int end;
    private long count;

    TarInput(InputStream in, Digest.Algorithm algorithm, long limit) {
        this.in = in;
        this.algorithm = algorithm;
        this.hasher = algorithm.hasher();
        this.limit = limit;
    }

    private boolean fill() throws IOException {
        int n = in.read(buffer, 0, buffer.length);
        if (n <= 0) {
            return false;
        }
        hasher.update(buffer, 0, n);
        position = 0;
        end = n;
        count += n;
        if (count > limit) {
            throw new ImageException(Kind.RESOURCE_EXHAUSTED,
                    "the layer unpacks to more than " + limit + " bytes, which its compressed size does not allow");
        }
        return true;
    }

    /** Reads exactly {@code length} bytes; returns false at a clean end before the first. */
    boolean read(byte[] into, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (position == end && !fill()) {
                if (done == 0) {
                    return false;
                }
                throw truncated();
            }
            int n = Math.min(length - done, end - position);
            System.arraycopy(buffer, position, into, done, n);
            position += n;
            done += n;
        }
        return true;
    }

    /** Moves at most {@code most} bytes, and at most what fits, to {@code into}. Returns how many, at least 1. */
    int read(ByteBuffer into, long most) throws IOException {
        if (position == end && !fill()) {
            throw truncated();
        }
        int n = (int) Math.min(Math.min(most, into.remaining()), end - position);
        into.put(buffer, position, n);
        position += n;
        return n;
    }

    void skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            if (position == end && !fill()) {
                throw truncated();
            }
            int n = (int) Math.min(left, end - position);
            position += n;
            left -= n;
        }
    }

    /** Reads to the end of the stream and returns the digest of all of it. */
    Digest finish() throws IOException {
        do {
            position = end;
        } while (fill());
        return algorithm.finish(hasher);
    }

    private static ImageException truncated() {
        return new ImageException(Kind.INVALID_ARGUMENT, "the layer's tar stream ends in the middle of an entry");
    }
}

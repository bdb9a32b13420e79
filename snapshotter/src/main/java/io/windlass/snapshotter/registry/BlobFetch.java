package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.content.BlobSource.Sink;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** One blob on its way, from wherever it was cut before. */
final class BlobFetch {
    private static final int RESUMES = 3;

    private final Descriptor blob;
    private final Sink sink;
    private long offset;

    /** @param offset how many of its bytes are there already */
    BlobFetch(Descriptor blob, long offset, Sink sink) {
        this.blob = blob;
        this.offset = offset;
        this.sink = sink;
    }

    /** Fetches the rest from one host; a connection that is cut after it gave something is resumed, one that gives nothing for a while is not. */
    void from(HostSession session) throws IOException {
        for (int attempt = 1; offset < blob.size() || blob.size() == 0; attempt++) {
            long before = offset;
            try {
                once(session);
                return;
            } catch (InterruptedIOException | ImageException | SinkException e) {
                throw e;
            } catch (IOException e) {
                if (offset == before || attempt > RESUMES || e instanceof HttpTimeoutException) {
                    throw new ImageException(Kind.UNAVAILABLE,
                            "registry " + session.host().authority() + " does not deliver blob " + blob.digest() + " beyond "
                                    + offset + " of " + blob.size() + " bytes: " + e.getMessage(),
                            e);
                }
            }
        }
    }

    private void once(HostSession session) throws IOException {
        Map<String, List<String>> range = offset == 0 ? Map.of() : Map.of("Range", List.of("bytes=" + offset + "-"));
        try (Answer answer = session.send("GET", "blobs", blob.digest().toString(), range)) {
            long skip = 0;
            if (answer.status() == 200) {
                skip = offset;
            } else if (answer.status() != 206 || !answer.header("content-range").startsWith("bytes " + offset + "-")) {
                throw answer.failure("blob " + blob.digest());
            }
            long announced = answer.length().orElse(blob.size() - offset + skip);
            if (announced != blob.size() - offset + skip) {
                throw new ImageException(Kind.DATA_LOSS,
                        "registry " + session.host().authority() + " announces " + announced + " bytes for blob "
                                + blob.digest() + ", its descriptor says " + blob.size());
            }
            copy(session, answer.body(), skip);
        }
    }

    private void copy(HostSession session, Body body, long skip) throws IOException {
        long left = skip;
        for (ByteBuffer bytes = body.next(); bytes != null; bytes = body.next()) {
            int drop = (int) Math.min(left, bytes.remaining());
            bytes.position(bytes.position() + drop);
            left -= drop;
            int count = bytes.remaining();
            if (offset + count > blob.size()) {
                throw new ImageException(Kind.DATA_LOSS,
                        "registry " + session.host().authority() + " sends more than the " + blob.size() + " bytes of blob "
                                + blob.digest());
            }
            write(bytes);
            offset += count;
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        try {
            sink.write(bytes);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new SinkException(e);
        }
    }
}

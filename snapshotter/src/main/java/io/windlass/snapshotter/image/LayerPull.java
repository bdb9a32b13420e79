package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.BlobSource;
import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.content.Ingest;
import io.windlass.snapshotter.layer.LayerApplier;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.snapshot.Snapshotter;
import io.windlass.snapshotter.snapshot.Snapshotter.Extraction;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One layer on its way: fetched by the store's thread, and unpacked by this one's as the bytes come in. */
final class LayerPull implements AutoCloseable {
    private static final long STEP = 1 << 20;

    private final ContentStore content;
    private final Snapshotter snapshots;
    private final LayerApplier applier;
    private final Descriptor descriptor;
    private final Digest diffId;
    private final ChainId chain;
    private final ChainId parent;
    private final @Nullable BlobSource source;
    private final Progress progress;
    private @Nullable Extraction extraction;
    private @Nullable Ingest ingest;
    private boolean cancelled;
    private volatile boolean done;
    private Set<String> implied = Set.of();

    /** @param source where the blob comes from when it is not in the store, or null for nowhere */
    LayerPull(ContentStore content, Snapshotter snapshots, LayerApplier applier, Descriptor descriptor, Digest diffId, ChainId chain,
            ChainId parent,
            @Nullable BlobSource source, Progress progress) {
        this.content = content;
        this.snapshots = snapshots;
        this.applier = applier;
        this.descriptor = descriptor;
        this.diffId = diffId;
        this.chain = chain;
        this.parent = parent;
        this.source = source;
        this.progress = progress;
    }

    ChainId chain() {
        return chain;
    }

    ChainId parent() {
        return parent;
    }

    Set<String> implied() {
        return implied;
    }

    Extraction extraction() {
        if (extraction == null) {
            throw new IllegalStateException("layer " + chain + " has not been unpacked");
        }
        return extraction;
    }

    /** Fetches and unpacks. Returns when the blob is on disk and the layer's files are written. */
    Void run() throws ImageException, InterruptedException {
        BlobSource from = source;
        if (from == null || content.has(descriptor.digest())) {
            progress.report(new Progress.Present(descriptor.digest(), descriptor.size()));
            stored(from);
        } else {
            fetch(from);
        }
        done = true;
        progress.report(new Progress.Unpacked(descriptor.digest()));
        return null;
    }

    /** Unpacks the blob of the store. One that is damaged is fetched anew; one that is whole stays: other images may be right about it. */
    private void stored(@Nullable BlobSource from) throws ImageException, InterruptedException {
        StoredBlob stored = new StoredBlob(content, descriptor);
        try (InputStream blob = content.open(descriptor.digest())) {
            stored.checkLength();
            unpack(blob);
        } catch (IOException e) {
            ImageException failure = ImageException.of("cannot read layer " + descriptor.digest(), e);
            if (!restart() || !stored.deleteIfDamaged()) {
                throw failure;
            }
            if (from == null) {
                throw new ImageException(Kind.DATA_LOSS,
                        "layer " + descriptor.digest() + " is damaged or missing on this node: pull the image again", failure);
            }
            fetch(from);
        }
    }

    private void fetch(BlobSource from) throws ImageException, InterruptedException {
        try {
            fetched(from);
        } catch (ImageException e) {
            if (!retry(e)) {
                throw e;
            }
            fetched(from);
        }
    }

    private void fetched(BlobSource from) throws ImageException, InterruptedException {
        Ingest joined = begin(content.ingest(descriptor.digest(), descriptor.size(), (offset, sink) -> {
            long[] counts = {offset, offset};
            from.writeTo(offset, bytes -> {
                counts[0] += bytes.remaining();
                sink.write(bytes);
                if (counts[0] - counts[1] >= STEP) {
                    counts[1] = counts[0];
                    progress.report(new Progress.Fetched(descriptor.digest(), counts[0], descriptor.size()));
                }
            });
        }));
        try {
            unpack(joined.reader());
        } catch (ImageException e) {
            joined.await(); // bytes that are not what their digest says are the reason why they cannot be unpacked
            throw e;
        }
        joined.await();
        progress.report(new Progress.Fetched(descriptor.digest(), descriptor.size(), descriptor.size()));
    }

    private void unpack(InputStream blob) throws ImageException {
        Extraction into = begin(snapshots.extract(chain, parent));
        LayerApplier.Applied applied;
        try {
            applied = applier.apply(blob, descriptor.size(), diffId.algorithm(), into.directory());
        } catch (ImageException e) {
            throw new ImageException(e.kind(), "layer " + descriptor.digest() + ": " + e.getMessage(), e);
        }
        if (!applied.diffId().equals(diffId)) {
            throw new ImageException(Kind.DATA_LOSS,
                    "layer " + descriptor.digest() + " is not what the image says: its diffID is " + applied.diffId() + ", not " + diffId);
        }
        implied = applied.implied();
    }

    private synchronized Ingest begin(Ingest started) throws ImageException {
        ingest = started;
        checkCancelled();
        return started;
    }

    private synchronized Extraction begin(Extraction started) throws ImageException {
        extraction = started;
        checkCancelled();
        return started;
    }

    private void checkCancelled() throws ImageException {
        if (cancelled) {
            throw new ImageException(Kind.UNAVAILABLE, "the pull of layer " + descriptor.digest() + " was given up");
        }
    }

    /**
     * Clears up after a fetch that failed for somebody else, whose credentials are not ours, or that went on from bytes which may have been wrong; false
     * for others.
     */
    private synchronized boolean retry(ImageException cause) throws ImageException {
        Ingest failed = ingest;
        return failed != null && (failed.joined() || (failed.resumed() && cause.kind() == Kind.DATA_LOSS)) && restart();
    }

    /** Clears up after an attempt that failed, so that there can be another one; false when the pull was given up. */
    private synchronized boolean restart() throws ImageException {
        if (cancelled) {
            return false;
        }
        close();
        cancelled = false;
        extraction = null;
        ingest = null;
        return true;
    }

    /** As {@link #cancel}, for one that has not come to its end. */
    synchronized void cancelUnlessDone() {
        if (!done) {
            cancel();
        }
    }

    /** Makes {@link #run} fail soon; what was made stays until {@link #close}. */
    synchronized void cancel() {
        cancelled = true;
        if (ingest != null) {
            ingest.close();
        }
    }

    /** Lets the blob go and removes the directory unless it was committed. */
    @Override
    public synchronized void close() throws ImageException {
        cancel();
        if (extraction != null) {
            extraction.close();
        }
    }
}

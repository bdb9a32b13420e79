package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory for paths that a layer makes its applier remember: a small blob can hold hundreds of thousands of long ones, and one entry has
 * as many parents as its path has slashes. The layers of an image share a limit, because they are unpacked side by side.
 */
final class PathBudget implements AutoCloseable {
    /** What a path takes beside its characters, which are one byte each: headers of objects and its place in a collection. */
    private static final int OVERHEAD = 96;

    private final long limit;
    private final AtomicLong image;
    private long layer;

    /** @param image what the layers of the image have taken together */
    PathBudget(long limit, AtomicLong image) {
        this.limit = limit;
        this.image = image;
    }

    /** Counts {@code path} and returns it. RESOURCE_EXHAUSTED when it is too much. */
    String take(String path) throws ImageException {
        layer += cost(path);
        if (image.addAndGet(cost(path)) > limit) {
            throw new ImageException(Kind.RESOURCE_EXHAUSTED,
                    "the paths of the layer's directories take more than " + limit + " bytes of memory, the limit for one image");
        }
        return path;
    }

    /** Goes on counting {@code paths}, which are needed until all layers are unpacked. */
    void leave(Set<String> paths) {
        layer -= paths.stream().mapToLong(PathBudget::cost).sum();
    }

    private static long cost(String path) {
        return path.length() + OVERHEAD;
    }

    @Override
    public void close() {
        image.addAndGet(-layer);
    }
}

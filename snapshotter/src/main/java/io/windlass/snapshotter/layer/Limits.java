package io.windlass.snapshotter.layer;

/**
 * How much one layer may unpack to, so that a small blob cannot fill the disk or the heap.
 *
 * @param entries the most entries
 * @param bytes the most bytes, holes of sparse files included
 * @param ratio the most uncompressed bytes for a compressed one
 * @param ratioFrom uncompressed bytes below which the ratio is not looked at
 * @param paths the most bytes of memory for paths of directories, of all layers of an image together
 */
public record Limits(long entries, long bytes, long ratio, long ratioFrom, long paths) {
    /** Two million entries, 128 GiB, 250 to 1 beyond 1 GiB, and 64 MiB of paths: three layers with 100,000 directories each stay below. */
    public static final Limits DEFAULT = new Limits(2_000_000, 128L << 30, 250, 1L << 30, 64L << 20);
}

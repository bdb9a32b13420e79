package io.windlass.snapshotter.layer;

/**
 * How much one layer may unpack to, so that a small blob cannot fill the disk.
 *
 * @param entries the most entries
 * @param bytes the most bytes, holes of sparse files included
 * @param ratio the most uncompressed bytes for a compressed one
 * @param ratioFrom uncompressed bytes below which the ratio is not looked at
 */
public record Limits(long entries, long bytes, long ratio, long ratioFrom) {
    /** Two million entries, 128 GiB, and 250 to 1 beyond 1 GiB. */
    public static final Limits DEFAULT = new Limits(2_000_000, 128L << 30, 250, 1L << 30);
}

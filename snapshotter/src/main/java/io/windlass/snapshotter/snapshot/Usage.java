package io.windlass.snapshotter.snapshot;

/**
 * What a directory takes from its file system.
 *
 * @param bytes allocated bytes, 512 times st_blocks; a file with several links counts once
 * @param inodes inodes
 */
public record Usage(long bytes, long inodes) {
    public static final Usage NONE = new Usage(0, 0);

    /** Returns the sum. */
    public Usage plus(Usage other) {
        return new Usage(bytes + other.bytes, inodes + other.inodes);
    }
}

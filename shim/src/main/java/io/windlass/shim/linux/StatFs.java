package io.windlass.shim.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statfs(2) says of a file system.
 *
 * @param type the magic number, one of the constants here and others
 * @param blockSize bytes
 * @param blocks all blocks
 * @param blocksFree free blocks
 * @param blocksAvailable blocks free to others than root
 * @param files all inodes
 * @param filesFree free inodes
 * @param flags mount flags, ST_*
 */
public record StatFs(long type, long blockSize, long blocks, long blocksFree, long blocksAvailable, long files, long filesFree,
        long flags) {
    public static final long CGROUP_SUPER_MAGIC = 0x27e0eb;
    public static final long CGROUP2_SUPER_MAGIC = 0x63677270;
    public static final long NSFS_MAGIC = 0x6e736673;
    public static final long PROC_SUPER_MAGIC = 0x9fa0;
    public static final long TMPFS_MAGIC = 0x01021994;
    public static final long OVERLAYFS_SUPER_MAGIC = 0x794c7630;

    static StatFs parse(byte[] statfs) {
        ByteBuffer b = ByteBuffer.wrap(statfs).order(ByteOrder.nativeOrder());
        return new StatFs(b.getLong(0), b.getLong(8), b.getLong(16), b.getLong(24), b.getLong(32), b.getLong(40), b.getLong(48),
                b.getLong(80));
    }

    /** Returns the bytes that are in use. */
    public long usedBytes() {
        return (blocks - blocksFree) * blockSize;
    }
}

package io.windlass.shim.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permissions, S_IF* | 07777
 * @param uid the owner; ids above 2^31-1 are negative
 * @param gid the group; ids above 2^31-1 are negative
 * @param inode the inode number
 * @param device the number of the file system's device, as {@link #makedev} makes it
 * @param links the count of names
 * @param size bytes
 * @param blocks units of 512 bytes that are allocated
 * @param specialDevice for a device file, its number
 * @param accessNanos nanoseconds since 1970
 * @param modifyNanos nanoseconds since 1970
 * @param mountId the mount's id as in mountinfo
 */
public record Stat(int mode, int uid, int gid, long inode, long device, int links, long size, long blocks, long specialDevice,
        long accessNanos, long modifyNanos, long mountId) {
    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;

    /** STATX_BASIC_STATS | STATX_MNT_ID. */
    static final int MASK = 0x7ff | 0x1000;

    static Stat parse(byte[] statx) {
        ByteBuffer b = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
        long special = makedev(b.getInt(128), b.getInt(132));
        long device = makedev(b.getInt(136), b.getInt(140));
        return new Stat(b.getShort(28) & 0xffff, b.getInt(20), b.getInt(24), b.getLong(32), device, b.getInt(16), b.getLong(40),
                b.getLong(48), special, nanos(b, 64), nanos(b, 112), b.getLong(144));
    }

    private static long nanos(ByteBuffer b, int at) {
        return b.getLong(at) * 1_000_000_000L + b.getInt(at + 8);
    }

    /** Returns the device number of a major and a minor number. See makedev(3). */
    public static long makedev(int major, int minor) {
        long ma = major & 0xffffffffL;
        long mi = minor & 0xffffffffL;
        return (ma & 0xfffL) << 8 | (ma & ~0xfffL) << 32 | mi & 0xffL | (mi & ~0xffL) << 12;
    }

    /** Returns the major number of {@link #specialDevice}. */
    public int major() {
        return (int) (specialDevice >>> 8 & 0xfff | specialDevice >>> 32 & ~0xfffL);
    }

    /** Returns the minor number of {@link #specialDevice}. */
    public int minor() {
        return (int) (specialDevice & 0xff | specialDevice >>> 12 & ~0xffL);
    }

    /** Returns the type, one of S_IF*. */
    public int type() {
        return mode & S_IFMT;
    }

    /** Returns the permissions with the set-id and sticky bits. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == S_IFDIR;
    }

    public boolean isRegular() {
        return type() == S_IFREG;
    }

    public boolean isLink() {
        return type() == S_IFLNK;
    }

    public boolean isCharacterDevice() {
        return type() == S_IFCHR;
    }

    /** Tells whether both are the same file. */
    public boolean isSameFile(Stat other) {
        return inode == other.inode && device == other.device;
    }
}

package io.windlass.snapshotter.layer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header of a tar stream with its extensions applied. Names are bytes: they need not be UTF-8. See pax(1) and tar(5).
 *
 * @param type the type flag: {@code '0'} file, {@code '1'} hard link, {@code '2'} symbolic link, {@code '3'} character and {@code '4'} block device,
 *            {@code '5'} directory, {@code '6'} fifo; others are no file system objects
 * @param name as it stands in the archive
 * @param link the target of a link
 * @param mode permissions with set-id and sticky bits
 * @param uid the owner
 * @param gid the group
 * @param size bytes of data that follow in the archive
 * @param seconds modification time, seconds since 1970
 * @param nanos and nanoseconds
 * @param major device number
 * @param minor device number
 * @param xattrs extended attributes
 * @param sparse where the data goes in a file with holes, or null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TarEntry(char type, byte[] name, byte[] link, int mode, long uid, long gid, long size, long seconds, int nanos, int major, int minor,
        Map<String, byte[]> xattrs, @Nullable Sparse sparse) {

    /**
     * The data of a file with holes.
     *
     * @param pieces where each piece goes and how long it is, in the order of the archive
     * @param length the length of the file
     */
    record Sparse(List<Piece> pieces, long length) {}

    /** A piece of data: its offset in the file and its length. */
    record Piece(long offset, long length) {}

    /** Returns the name for a message; bytes that are not UTF-8 are replaced. */
    String display() {
        return io.windlass.snapshotter.oci.Text.shorten(new String(name, StandardCharsets.UTF_8));
    }
}

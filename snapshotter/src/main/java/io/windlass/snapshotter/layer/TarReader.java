package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.layer.TarEntry.Sparse;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads tar headers: ustar, pax and GNU. Own code because a layer's names and attributes are bytes, which the usual libraries turn into text and
 * lose. See pax(1), "ustar Interchange Format", and GNU tar's manual, "Basic Tar Format".
 */
final class TarReader {
    static final int BLOCK = 512;
    private static final int EXTENSION_LIMIT = 1 << 20;
    private static final byte[] NONE = new byte[0];
    private static final String XATTR = "SCHILY.xattr.";

    private final TarInput in;
    private final byte[] block = new byte[BLOCK];
    private long remaining;
    private long extended;

    TarReader(TarInput in) {
        this.in = in;
    }

    /** Returns the next entry, whose data the caller reads and reports by {@link #consumed}, or null at the end. */
    @Nullable
    TarEntry next() throws IOException {
        in.skip(remaining);
        remaining = 0;
        extended = 0;
        Map<String, byte[]> pax = new HashMap<>();
        byte[] longName = null;
        byte[] longLink = null;
        while (in.read(block, BLOCK) && !isZero()) {
            checkSum();
            char type = (char) (block[156] & 0xff);
            long size = size();
            switch (type) {
                case 'x', 'X' -> pax.putAll(PaxRecords.parse(extension(size)));
                case 'g' -> extension(size);
                case 'L' -> longName = cString(extension(size));
                case 'K' -> longLink = cString(extension(size));
                default -> {
                    return entry(type, pax, longName, longLink);
                }
            }
        }
        return null;
    }

    /** Tells that {@code count} bytes of the entry's data were taken from the stream. */
    void consumed(long count) {
        remaining -= count;
    }

    private TarEntry entry(char flag, Map<String, byte[]> pax, byte @Nullable [] longName, byte @Nullable [] longLink) throws IOException {
        byte[] name = pax.getOrDefault("path", longName != null ? longName : headerName());
        byte[] link = pax.getOrDefault("linkpath", longLink != null ? longLink : cString(Arrays.copyOfRange(block, 157, 257)));
        char type = flag == 0 || flag == '7' || flag == 'S' ? '0' : flag;
        if (type == '0' && name.length > 0 && name[name.length - 1] == '/') {
            type = '5';
        }
        boolean data = type < '1' || type > '6';
        long size = !data ? 0 : pax.containsKey("size") ? TarNumber.decimal(value(pax, "size")) : size();
        long uid = pax.containsKey("uid") ? TarNumber.decimal(value(pax, "uid")) : TarNumber.field(block, 108, 8);
        long gid = pax.containsKey("gid") ? TarNumber.decimal(value(pax, "gid")) : TarNumber.field(block, 116, 8);
        long[] time = pax.containsKey("mtime") ? TarNumber.time(value(pax, "mtime")) : new long[]{TarNumber.field(block, 136, 12), 0};
        int mode = (int) TarNumber.field(block, 100, 8) & 07777;
        boolean device = type == '3' || type == '4';
        int major = device ? (int) TarNumber.field(block, 329, 8) : 0;
        int minor = device ? (int) TarNumber.field(block, 337, 8) : 0;
        remaining = size + (-size & BLOCK - 1);
        Sparse sparse = null;
        if (type == '0') {
            SparseMap map = new SparseMap(in);
            sparse = flag == 'S' ? map.oldGnu(block) : map.pax(pax);
            remaining -= flag == 'S' ? 0 : map.consumed();
            size -= flag == 'S' ? 0 : map.consumed();
            name = pax.getOrDefault("GNU.sparse.name", name);
        }
        return new TarEntry(type, name, link, mode, uid, gid, size, time[0], (int) time[1], major, minor, xattrs(pax), sparse);
    }

    private static byte[] value(Map<String, byte[]> pax, String key) {
        return pax.getOrDefault(key, NONE);
    }

    private static Map<String, byte[]> xattrs(Map<String, byte[]> pax) {
        if (pax.isEmpty()) {
            return Map.of();
        }
        Map<String, byte[]> out = new HashMap<>();
        pax.forEach((key, value) -> {
            if (key.startsWith(XATTR)) {
                out.put(key.substring(XATTR.length()), value);
            }
        });
        return out;
    }

    private byte[] headerName() {
        byte[] name = cString(Arrays.copyOfRange(block, 0, 100));
        boolean ustar = new String(block, 257, 6, StandardCharsets.ISO_8859_1).equals("ustar\0");
        if (!ustar || block[345] == 0) {
            return name;
        }
        byte[] prefix = cString(Arrays.copyOfRange(block, 345, 500));
        byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        whole[prefix.length] = '/';
        System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
        return whole;
    }

    private long size() throws ImageException {
        long size = TarNumber.field(block, 124, 12);
        if (size < 0) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the layer has a tar entry of negative size");
        }
        return size;
    }

    private byte[] extension(long size) throws IOException {
        if (size > EXTENSION_LIMIT - extended) {
            throw new ImageException(Kind.RESOURCE_EXHAUSTED,
                    "the layer has an entry with more than " + EXTENSION_LIMIT + " bytes of extended tar headers, the limit");
        }
        extended += size;
        byte[] data = new byte[(int) size];
        if (size > 0 && !in.read(data, data.length)) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the layer's tar stream ends in a header");
        }
        in.skip(-size & BLOCK - 1);
        return data;
    }

    private boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private void checkSum() throws ImageException {
        long wanted = TarNumber.field(block, 148, 8);
        long sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? 0 : block[i] & 0xff;
        }
        if (sum != wanted) {
            throw new ImageException(Kind.INVALID_ARGUMENT, "the layer is not a tar stream: a header's checksum is wrong");
        }
    }

    private static byte[] cString(byte[] field) {
        int end = 0;
        while (end < field.length && field[end] != 0) {
            end++;
        }
        return end == field.length ? field : Arrays.copyOf(field, end);
    }
}

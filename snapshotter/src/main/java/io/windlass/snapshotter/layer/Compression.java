package io.windlass.snapshotter.layer;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** How a layer is compressed, told by its first bytes: media types are often wrong. */
public enum Compression {
    NONE, GZIP, ZSTD;

    private static final int BUFFER = 1 << 16;

    /** Recognises gzip (RFC 1952) and zstd (RFC 8878, also a skippable frame first) by their magic numbers. */
    public static Compression detect(byte[] head, int length) {
        if (length >= 3 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b && head[2] == 8) {
            return GZIP;
        }
        if (length >= 4 && (head[1] & 0xff) == 0xb5 && head[2] == 0x2f && (head[3] & 0xff) == 0xfd && head[0] == 0x28) {
            return ZSTD;
        }
        if (length >= 4 && (head[0] & 0xf0) == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18) {
            return ZSTD;
        }
        return NONE;
    }

    /** Returns the uncompressed content of {@code blob}, whose {@code available()} must not be 0 before its end. */
    public static InputStream open(InputStream blob) throws IOException {
        BufferedInputStream in = new BufferedInputStream(blob, BUFFER);
        in.mark(4);
        byte[] head = new byte[4];
        int length = in.readNBytes(head, 0, head.length);
        in.reset();
        return switch (detect(head, length)) {
            case NONE -> in;
            case GZIP -> new GzipMembers(in, BUFFER);
            case ZSTD -> new ZstdInputStream(in);
        };
    }
}

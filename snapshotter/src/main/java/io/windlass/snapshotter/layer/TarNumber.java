package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;

/** Numbers of tar headers: octal text, GNU's base 256, and the decimals of pax. */
final class TarNumber {
    private TarNumber() {}

    /** Reads a header field: octal digits with blanks or NULs around, or base 256 when its first bit is set. */
    static long field(byte[] block, int at, int length) throws ImageException {
        if ((block[at] & 0x80) != 0) {
            return base256(block, at, length);
        }
        long value = 0;
        boolean begun = false;
        for (int i = at; i < at + length; i++) {
            byte c = block[i];
            if (c >= '0' && c <= '7') {
                value = value << 3 | c - '0';
                begun = true;
            } else if (c == 0 || c == ' ') {
                if (begun) {
                    break;
                }
            } else {
                throw malformed();
            }
        }
        return value;
    }

    private static long base256(byte[] block, int at, int length) throws ImageException {
        boolean negative = (block[at] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = at; i < at + length; i++) {
            int b = i == at ? (block[i] & 0x3f) | (negative ? 0xc0 : 0) : block[i] & 0xff;
            if (value >> 55 != (negative ? -1 : 0)) {
                throw malformed();
            }
            value = value << 8 | b;
        }
        return value;
    }

    /** Reads digits only, at most 18. */
    static long decimal(byte[] data, int from, int to) throws ImageException {
        if (from >= to || to - from > 18) {
            throw malformed();
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (data[i] < '0' || data[i] > '9') {
                throw malformed();
            }
            value = value * 10 + data[i] - '0';
        }
        return value;
    }

    static long decimal(byte[] data) throws ImageException {
        return decimal(data, 0, data.length);
    }

    /** Reads {@code [-]seconds[.fraction]}: returns the seconds, rounded down, and the nanoseconds. */
    static long[] time(byte[] data) throws ImageException {
        boolean negative = data.length > 0 && data[0] == '-';
        int begin = negative ? 1 : 0;
        int dot = begin;
        while (dot < data.length && data[dot] != '.') {
            dot++;
        }
        long seconds = decimal(data, begin, dot);
        long nanos = 0;
        for (int i = 1; i <= 9; i++) {
            int digit = dot + i < data.length ? data[dot + i] - '0' : 0;
            if (digit < 0 || digit > 9) {
                throw malformed();
            }
            nanos = nanos * 10 + digit;
        }
        if (!negative) {
            return new long[]{seconds, nanos};
        }
        return nanos == 0 ? new long[]{-seconds, 0} : new long[]{-seconds - 1, 1_000_000_000 - nanos};
    }

    private static ImageException malformed() {
        return new ImageException(Kind.INVALID_ARGUMENT, "the layer has a malformed number in a tar header");
    }
}

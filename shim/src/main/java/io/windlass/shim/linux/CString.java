package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Strings as the kernel takes them: bytes that end with a zero. */
final class CString {
    static final byte[] EMPTY = {0};

    private CString() {}

    /** Encodes {@code text} as UTF-8 with an end; EINVAL where it holds a NUL, which would cut it short unseen. */
    static byte[] of(String call, String text) throws ErrnoException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(call, bytes);
    }

    /** Returns {@code text} with an end; EINVAL where it holds a NUL. */
    static byte[] of(String call, byte[] text) throws ErrnoException {
        for (byte b : text) {
            if (b == 0) {
                throw new ErrnoException(call + " (NUL in a string)", Errno.EINVAL);
            }
        }
        return Arrays.copyOf(text, text.length + 1);
    }

    static byte @Nullable [] ofNullable(String call, @Nullable String text) throws IOException {
        return text == null ? null : of(call, text);
    }

    /** Reads a string of UTF-8 up to its end, or up to the end of {@code bytes}. */
    static String toString(byte[] bytes, int offset) {
        int end = offset;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
    }
}

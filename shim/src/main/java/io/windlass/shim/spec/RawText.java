package io.windlass.shim.spec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Text of UTF-8 that may hold other bytes too, as the value of an environment variable may: each of those stands in the string as a low surrogate
 * alone, U+DC80 to U+DCFF, which no text has. It is Python's "surrogateescape", see PEP 383.
 */
public final class RawText {
    private static final int ESCAPE = 0xdc00;

    private RawText() {}

    /** Returns the string that stands for these bytes. */
    public static String of(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        for (CoderResult result = decoder.decode(in, out, true); result.isError(); result = decoder.decode(in, out, true)) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE | in.get() & 0xff));
            }
        }
        return out.flip().toString();
    }

    /** Returns the bytes that a string stands for. */
    public static byte[] bytes(String text) {
        if (!isEscaped(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        text.codePoints().forEach(c -> {
            if (isEscape(c)) {
                out.write(c);
            } else {
                out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return out.toByteArray();
    }

    /** Returns the text with a replacement character, U+FFFD, for each byte that is none. */
    public static String shown(String text) {
        return isEscaped(text)
                ? text.codePoints().map(c -> isEscape(c) ? 0xfffd : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString()
                : text;
    }

    private static boolean isEscaped(String text) {
        return text.codePoints().anyMatch(RawText::isEscape);
    }

    private static boolean isEscape(int c) {
        return c >= (ESCAPE | 0x80) && c <= (ESCAPE | 0xff);
    }
}

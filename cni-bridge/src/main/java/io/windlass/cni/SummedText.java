package io.windlass.cni;

import io.windlass.shim.linux.RecordSeal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text in a file whose first line is the checksum of what follows, {@code sum 1a2b3c4d}: of a file that was cut short it is what is left.
 * Files of earlier daemons have none there.
 */
public final class SummedText {
    private static final String SUM = "sum ";

    private SummedText() {}

    /** Returns the file's content. */
    public static byte[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return (SUM + RecordSeal.sum(bytes, bytes.length) + "\n" + text).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns the text, which is all of the content where that does not begin with a checksum.
     *
     * @throws IllegalArgumentException saying how the content came to harm
     */
    public static String decode(byte[] content) {
        String all;
        try {
            all = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is not UTF-8", e);
        }
        if (!all.startsWith(SUM)) {
            if (all.indexOf('\0') >= 0) { // perhaps in the checksum's place
                throw new IllegalArgumentException("there are zeros in it");
            }
            return all;
        }
        String text = all.substring(all.indexOf('\n') + 1);
        if (!Arrays.equals(content, encode(text))) {
            throw new IllegalArgumentException("its checksum is another one");
        }
        return text;
    }
}

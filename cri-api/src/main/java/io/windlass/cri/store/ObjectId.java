package io.windlass.cri.store;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The id of a sandbox or a container: 64 lower-case hexadecimal digits.
 *
 * <p>
 * An id names files and cgroups, so nothing else may ever become one.
 *
 * @param value the 64 digits
 */
public record ObjectId(String value) implements Comparable<ObjectId> {
    private static final int DIGITS = 64;
    private static final int SHORT_DIGITS = 13;
    private static final SecureRandom RANDOM = new SecureRandom();

    public ObjectId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("id \"" + value + "\" is not 64 lower-case hexadecimal digits");
        }
    }

    /** Returns a fresh id of 256 random bits. */
    public static ObjectId random() {
        var bytes = new byte[DIGITS / 2];
        RANDOM.nextBytes(bytes);
        return new ObjectId(HexFormat.of().formatHex(bytes));
    }

    /** Returns whether {@code text} is a whole id. */
    public static boolean isValid(String text) {
        return text.length() == DIGITS && isHex(text);
    }

    /** Returns whether {@code text} could be the beginning of an id. */
    static boolean isPrefix(String text) {
        return !text.isEmpty() && text.length() <= DIGITS && isHex(text);
    }

    /** Returns the first 13 digits, as tables and logs show an id. */
    public String shortened() {
        return value.substring(0, SHORT_DIGITS);
    }

    @Override
    public int compareTo(ObjectId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}

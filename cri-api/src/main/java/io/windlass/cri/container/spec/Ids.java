package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
/** Numeric user and group ids: 0 to 2^31-1, as the runtimes before us take them. */
public final class Ids {
    private static final int MAX_DIGITS = 10;

    private Ids() {}

    /** Returns the id that the text is, or -1 for anything else. */
    static int parse(String text) {
        if (!isNumber(text) || text.length() > MAX_DIGITS) {
            return -1;
        }
        long value = Long.parseLong(text);
        return value > Integer.MAX_VALUE ? -1 : (int) value;
    }

    /** Returns whether the text is digits only, and so means a number and never a name. */
    static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * Checks an id of a request.
     *
     * @param field the name of the field for the message
     * @throws CriException INVALID_ARGUMENT unless it is 0 to 2^31-1
     */
    public static int require(String field, long id) {
        if (id < 0 || id > Integer.MAX_VALUE) {
            throw CriException.invalidArgument(field + " " + id + " is not within 0 to 2147483647");
        }
        return (int) id;
    }
}

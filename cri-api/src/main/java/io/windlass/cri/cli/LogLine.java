package io.windlass.cri.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One line of a container's log: {@code TIME STREAM TAG TEXT}, where the tag's first letter is P for a part of a line and F for its end.
 *
 * @param time   RFC 3339 with nanoseconds
 * @param stderr whether it is from stderr
 * @param ends   whether the program's line ends here
 * @param text   the bytes the program wrote, without the line's end
 */
record LogLine(String time, boolean stderr, boolean ends, byte[] text) {

    /** Reads a line of the file, without its newline; one that is no log line is taken as text. */
    static LogLine parse(byte[] line) {
        int first = blank(line, 0);
        int second = blank(line, first + 1);
        int third = blank(line, second + 1);
        if (first < 0 || second < 0 || third < 0) {
            return new LogLine("", false, true, line);
        }
        String stream = new String(line, first + 1, second - first - 1, StandardCharsets.UTF_8);
        boolean ends = line[second + 1] != 'P';
        return new LogLine(new String(line, 0, first, StandardCharsets.UTF_8), stream.equals("stderr"), ends,
                Arrays.copyOfRange(line, third + 1, line.length));
    }

    private static int blank(byte[] line, int from) {
        if (from <= 0 && line.length == 0) {
            return -1;
        }
        for (int i = Math.max(0, from); i < line.length; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }
}

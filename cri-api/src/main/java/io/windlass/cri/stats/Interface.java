package io.windlass.cri.stats;

import java.util.ArrayList;
import java.util.List;

/** The counters of a network interface, since it was made. See proc_pid_net(5). */
record Interface(String name, Direction received, Direction sent) {
    private static final String LOOPBACK = "lo";
    private static final int SENT = 8;
    private static final int COLUMNS = 16;

    record Direction(long bytes, long packets, long errors, long dropped) {}

    /** Reads the text of a {@code net/dev}; the loopback is left out. */
    static List<Interface> parse(String dev) {
        var found = new ArrayList<Interface>();
        for (var line : dev.split("\n")) {
            int colon = line.lastIndexOf(':');
            var columns = line.substring(colon + 1).strip().split(" +");
            if (colon > 0 && columns.length >= COLUMNS) {
                var name = line.substring(0, colon).strip();
                if (!name.equals(LOOPBACK)) {
                    found.add(new Interface(name, direction(columns, 0), direction(columns, SENT)));
                }
            }
        }
        return found;
    }

    private static Direction direction(String[] columns, int first) {
        return new Direction(Long.parseLong(columns[first]), Long.parseLong(columns[first + 1]), Long.parseLong(columns[first + 2]),
                Long.parseLong(columns[first + 3]));
    }
}

package io.windlass.cri.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Sizes, times and ids as people read them. */
final class Human {

    private static final int ID = 13;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Human() {}

    /** The first digits of an id or digest. */
    static String id(String id) {
        String hex = id.startsWith("sha256:") ? id.substring("sha256:".length()) : id;
        return hex.length() > ID ? hex.substring(0, ID) : hex;
    }

    /** Bytes, with a unit of 1024s. */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, UNITS[unit]);
    }

    /** How long ago a time in nanoseconds since 1970 is, in its largest unit. */
    static String ago(long nanos, Instant now) {
        if (nanos <= 0) {
            return "-";
        }
        long seconds = Math.max(0, Duration.between(Instant.ofEpochSecond(0, nanos), now).toSeconds());
        if (seconds < 60) {
            return seconds + "s ago";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m ago";
        }
        return seconds < 86400 ? seconds / 3600 + "h ago" : seconds / 86400 + "d ago";
    }
}

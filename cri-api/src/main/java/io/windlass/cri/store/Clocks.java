package io.windlass.cri.store;

import java.time.InstantSource;

/** Times as the CRI counts them. */
public final class Clocks {
    private Clocks() {}

    /** Returns nanoseconds since the epoch. */
    public static long nanos(InstantSource clock) {
        var now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}

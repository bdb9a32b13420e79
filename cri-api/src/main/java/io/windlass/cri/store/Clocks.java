package io.windlass.cri.store;

import java.time.Instant;
import java.time.InstantSource;

/** Times as the CRI counts them. */
public final class Clocks {
    private Clocks() {}

    /** A clock for how long ago something was: nobody sets it, and what it shows means nothing to anybody else. */
    public static InstantSource monotonic() {
        long start = System.nanoTime();
        return () -> Instant.EPOCH.plusNanos(System.nanoTime() - start);
    }

    /** Returns nanoseconds since the epoch. */
    public static long nanos(InstantSource clock) {
        var now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}

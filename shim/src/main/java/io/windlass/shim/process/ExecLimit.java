package io.windlass.shim.process;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * The time that a command may take, counted from the call, and what ends it after that.
 *
 * @param timeout zero or less for none
 * @param deadline of {@link System#nanoTime}
 * @param kill must kill all that is in the command's cgroup
 */
record ExecLimit(Duration timeout, long deadline, Runnable kill) {
    static final ExecLimit NONE = new ExecLimit(Duration.ZERO, 0, () -> {
    });

    static ExecLimit fromNow(Duration timeout, Runnable kill) {
        return timeout.isPositive() ? new ExecLimit(timeout, System.nanoTime() + timeout.toNanos(), kill) : NONE;
    }

    /** Returns the milliseconds that are left, 0 when the time is over; -1 where there is no limit. */
    int left() {
        return timeout.isPositive() ? Math.clamp((deadline - System.nanoTime() + 999_999) / 1_000_000, 0, Integer.MAX_VALUE) : -1;
    }

    TimeoutException over() {
        return new TimeoutException("command did not end within " + timeout);
    }
}

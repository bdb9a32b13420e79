package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Calls as a kubelet makes them while daemons die and plugins fail: again, until they are done. */
final class Insist {
    private static final Set<Code> PASSING = EnumSet.of(Code.UNAVAILABLE, Code.INTERNAL, Code.DEADLINE_EXCEEDED, Code.CANCELLED);
    private static final long PATIENCE_NANOS = Duration.ofMinutes(3).toNanos();
    private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private Insist() {}

    /** What is called, from its beginning each time. */
    @FunctionalInterface
    interface Call<T> {
        T get() throws Exception;
    }

    /** The answer at last; an AssertionError with the last failure after three minutes, and at once for one that no patience helps. */
    static <T> T on(String what, Call<T> call) throws Exception {
        long begin = System.nanoTime();
        while (true) {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                if (!isPassing(e) || System.nanoTime() - begin > PATIENCE_NANOS) {
                    throw new AssertionError(what + ": " + e.getStatus(), e);
                }
                LockSupport.parkNanos(BETWEEN_NANOS);
            }
        }
    }

    /** What has no answer. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** As {@link #on}, for a call without an answer. */
    static void done(String what, Step step) throws Exception {
        var unused = on(what, () -> {
            step.run();
            return true;
        });
    }

    static boolean isPassing(StatusRuntimeException e) {
        return PASSING.contains(e.getStatus().getCode());
    }
}

package io.windlass.cri.store;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that must succeed in the end: tried again after a second, then after twice the time before, at most a minute. */
public final class Retries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final long FIRST_MILLIS = 1000;
    private static final long MOST_MILLIS = 60_000;

    /** One try; it has failed when it throws. */
    @FunctionalInterface
    public interface Attempt {
        void run() throws Exception;
    }

    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;

    public Retries() {
        timer = new ScheduledThreadPoolExecutor(1, work -> Thread.ofPlatform().name("retries").daemon().unstarted(work));
        timer.setKeepAliveTime(2 * FIRST_MILLIS, TimeUnit.MILLISECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Tries at once, beside the caller, and until it succeeds. Nothing happens where the same work is being tried already. */
    public void now(String work, Attempt attempt) {
        begin(work, attempt, 0);
    }

    /** Tries some time later, and until it succeeds. Nothing happens where the same work is being tried already. */
    public void later(String work, Attempt attempt) {
        begin(work, attempt, FIRST_MILLIS);
    }

    private void begin(String work, Attempt attempt, long millis) {
        if (!timer.isShutdown() && pending.add(work)) {
            schedule(work, attempt, millis);
        }
    }

    private void schedule(String work, Attempt attempt, long millis) {
        var unused = timer.schedule(() -> Beside.run(() -> run(work, attempt, millis)), millis,
                TimeUnit.MILLISECONDS);
    }

    private void run(String work, Attempt attempt, long millis) {
        try {
            attempt.run();
            pending.remove(work);
            LOG.debug("event=retry-succeeded work=\"{}\"", work);
        } catch (Exception | OutOfMemoryError e) {
            LOG.warn("event=retry-failed work=\"{}\" error=\"{}\"", work, e.getMessage());
            if (!timer.isShutdown()) {
                schedule(work, attempt, Math.clamp(2 * millis, FIRST_MILLIS, MOST_MILLIS));
            }
        }
    }

    /** Gives up what waits; what runs is not waited for. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}

package io.windlass.cri.stats;

import io.windlass.cri.store.ObjectId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** How fast processor time is used, from one reading to the next; at the first one, since the start. */
final class CpuRates {
    private static final long SECOND = 1_000_000_000L;

    private final ConcurrentHashMap<ObjectId, Reading> readings = new ConcurrentHashMap<>();

    private record Reading(long usage, long at) {}

    /**
     * Notes a reading. All times are in nanoseconds.
     *
     * @param usage processor time so far
     * @param at when it was read
     * @param start when there was none yet
     * @return processor time a second since the reading before
     */
    long of(ObjectId id, long usage, long at, long start) {
        var before = readings.put(id, new Reading(usage, at));
        var since = before == null || usage < before.usage() ? new Reading(0, start) : before;
        return at <= since.at() ? 0 : (long) ((double) (usage - since.usage()) / (at - since.at()) * SECOND);
    }

    void forget(ObjectId id) {
        readings.remove(id);
    }

    void retain(Predicate<ObjectId> wanted) {
        readings.keySet().removeIf(wanted.negate());
    }
}

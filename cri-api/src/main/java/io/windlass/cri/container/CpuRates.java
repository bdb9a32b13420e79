package io.windlass.cri.container;

import io.windlass.cri.store.ObjectId;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** How fast processor time is used, from one reading to the next. */
final class CpuRates {
    private static final long SECOND = 1_000_000_000L;

    private final ConcurrentHashMap<ObjectId, Reading> readings = new ConcurrentHashMap<>();

    private record Reading(long usage, long at) {}

    /**
     * Notes a reading.
     *
     * @param usage nanoseconds of processor time so far
     * @param at when it was read, in nanoseconds
     * @return nanoseconds of processor time a second since the reading before; empty at the first one
     */
    OptionalLong of(ObjectId id, long usage, long at) {
        var before = readings.put(id, new Reading(usage, at));
        if (before == null || at <= before.at() || usage < before.usage()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of((long) ((double) (usage - before.usage()) / (at - before.at()) * SECOND));
    }

    void forget(ObjectId id) {
        readings.remove(id);
    }

    void retain(Predicate<ObjectId> wanted) {
        readings.keySet().removeIf(wanted.negate());
    }
}

package io.windlass.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What a soak has done so far. */
final class SoakFigures {
    final LongAdder pods = new LongAdder();
    final LongAdder containers = new LongAdder();
    final LongAdder execs = new LongAdder();
    final LongAdder pulls = new LongAdder();
    final LongAdder kills = new LongAdder();
    final LongAdder pluginFailures = new LongAdder();
    /** Resident memory of the daemon in KiB while nobody killed it, a sample each time. */
    final List<Long> memory = Collections.synchronizedList(new ArrayList<>());

    /** How much more the daemon held at the end than a quarter of the way, in percent; medians of a quarter of the samples. */
    long growthPercent() {
        int quarter = memory.size() / 4;
        long early = median(memory.subList(quarter, 2 * quarter));
        return 100 * (median(memory.subList(3 * quarter, memory.size())) - early) / early;
    }

    private static long median(List<Long> samples) {
        return samples.stream().sorted().toList().get(samples.size() / 2);
    }

    @Override
    public String toString() {
        return pods + " pods, " + containers + " containers, " + execs + " execs, " + pulls + " pulls, " + kills + " kills of the daemon, "
                + pluginFailures + " times a failing plugin; daemon, KiB: " + memory;
    }
}

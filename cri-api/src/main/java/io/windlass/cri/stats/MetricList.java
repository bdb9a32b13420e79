package io.windlass.cri.stats;

import io.windlass.cri.v1.Metric;
import java.util.ArrayList;
import java.util.List;

/** Collects the metrics of one object. */
final class MetricList {
    private static final long SECOND = 1_000_000_000L;
    private static final long MICROS = 1_000_000L;

    private final long at;
    private final List<String> base;
    private final List<Metric> metrics = new ArrayList<>();

    /** @param at nanoseconds since the epoch */
    MetricList(long at, Labels labels) {
        this.at = at;
        this.base = labels.values();
    }

    /** Adds a value, with those of the labels that the family has of its own. */
    MetricList add(Family family, long value, String... labels) {
        metrics.add(Metric.newBuilder().setName(family.descriptor().getName()).setTimestamp(at).setMetricType(family.type())
                .addAllLabelValues(base).addAllLabelValues(List.of(labels)).setValue(StatsMessages.value(value)).build());
        return this;
    }

    /** Adds a time in seconds. */
    MetricList nanos(Family family, long nanos, String... labels) {
        return add(family, nanos / SECOND, labels);
    }

    /** Adds a time in seconds. */
    MetricList micros(Family family, long micros) {
        return add(family, micros / MICROS);
    }

    List<Metric> metrics() {
        return metrics;
    }
}

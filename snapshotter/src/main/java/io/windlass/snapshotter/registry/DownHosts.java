package io.windlass.snapshotter.registry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Hosts that could not be connected to in time less than a minute ago: to wait for such a mirror again costs each pull that time. */
final class DownHosts {
    private static final long PAUSE_NANOS = Duration.ofSeconds(60).toNanos();

    private final Map<String, Long> since = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    DownHosts(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(RegistryHost host) {
        long now = nanoTime.getAsLong();
        since.values().removeIf(then -> isOver(then, now));
        since.put(host.authority(), now);
    }

    void remove(RegistryHost host) {
        since.remove(host.authority());
    }

    boolean contains(RegistryHost host) {
        Long then = since.get(host.authority());
        return then != null && !isOver(then, nanoTime.getAsLong());
    }

    private static boolean isOver(long then, long now) {
        return now - then >= PAUSE_NANOS;
    }
}

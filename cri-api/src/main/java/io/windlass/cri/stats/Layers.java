package io.windlass.cri.stats;

import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.Snapshotter;
import io.windlass.snapshotter.snapshot.Usage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What containers have written. To know it, what they wrote must be walked through: one thread of its own does so, and a container's files at
 * most every ten seconds for lists, every second for who asks for one container. Each answer says when it was found out. Nobody waits for a walk
 * but those who ask for one container, for all of them together, or for the first time; and no longer than their patience.
 */
public final class Layers implements AutoCloseable {
    private static final long LISTED_NANOS = 10_000_000_000L;
    private static final long ASKED_NANOS = 1_000_000_000L;

    private final Snapshotter snapshots;
    private final InstantSource clock;
    private final Duration patience;
    private final ConcurrentHashMap<ObjectId, Layer> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ObjectId, Future<?>> walks = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor walker;

    /**
     * What was found out.
     *
     * @param at nanoseconds since the epoch
     */
    public record Layer(long at, Usage usage) {}

    /** @param patience for how long a call waits for walks at most */
    Layers(Snapshotter snapshots, InstantSource clock, Duration patience) {
        this.snapshots = snapshots;
        this.clock = clock;
        this.patience = patience;
        this.walker = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("layers").daemon().factory());
        walker.allowCoreThreadTimeOut(true);
    }

    /** Sees to it that what is known of these containers is soon not old; waits for those of which nothing is known. */
    void refresh(Collection<ObjectId> ids) {
        var first = new ArrayList<Future<?>>();
        for (var id : ids) {
            var walk = walk(id, LISTED_NANOS);
            if (walk.isPresent() && !known.containsKey(id)) {
                first.add(walk.get());
            }
        }
        await(first);
    }

    /** Sees to it that what is known of this container is not old. */
    void renew(ObjectId id) {
        await(walk(id, ASKED_NANOS).stream().toList());
    }

    /** Returns what was found out last; empty when it has not been yet. */
    Optional<Layer> of(ObjectId id) {
        return Optional.ofNullable(known.get(id));
    }

    /**
     * Sums what all containers wrote, also those that are only being made, as of when the first of that was found out; none of them is older
     * than lists have them, unless the walks take longer than anybody waits.
     */
    Layer total() {
        var before = Set.copyOf(known.keySet()); // one that becomes known from here on may have been made since
        var ids = snapshots.keys().stream().filter(ObjectId::isValid).map(ObjectId::new).collect(Collectors.toSet());
        retain(id -> ids.contains(id) || !before.contains(id));
        long now = Clocks.nanos(clock);
        await(ids.stream().flatMap(id -> walk(id, LISTED_NANOS).stream()).toList());
        var total = new Layer(now, Usage.NONE);
        for (var id : ids) {
            var layer = known.get(id);
            if (layer != null) {
                total = new Layer(Math.min(total.at, layer.at), total.usage.plus(layer.usage));
            }
        }
        return total;
    }

    void retain(Predicate<ObjectId> wanted) {
        known.keySet().removeIf(wanted.negate());
    }

    private Optional<Future<?>> walk(ObjectId id, long fresh) {
        var layer = known.get(id);
        long age = layer == null ? fresh : Clocks.nanos(clock) - layer.at();
        if (age >= 0 && age < fresh) { // a clock that was put back makes it older than nothing
            return Optional.empty();
        }
        try {
            return Optional.of(walks.computeIfAbsent(id, key -> walker.submit(() -> measure(key))));
        } catch (RejectedExecutionException e) {
            return Optional.empty(); // the daemon ends
        }
    }

    private void measure(ObjectId id) {
        long at = Clocks.nanos(clock);
        try {
            known.put(id, new Layer(at, snapshots.usage(id.value())));
        } catch (ImageException e) {
            known.remove(id); // it has been removed meanwhile
        } finally {
            walks.remove(id);
        }
    }

    private void await(Collection<Future<?>> walks) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (var walk : walks) {
                walk.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException | ExecutionException e) {
            return; // what is known will do
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        walker.shutdownNow();
    }
}

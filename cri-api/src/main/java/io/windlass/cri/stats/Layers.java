package io.windlass.cri.stats;

import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.Snapshotter;
import io.windlass.snapshotter.snapshot.Usage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * What containers have written. To know it, what they wrote must be walked through: one thread of its own does so, and a container's files at
 * most every ten seconds for lists, every second for who asks for one container. Each answer says when it was found out. Nobody waits for a walk
 * but those who ask for one container, or for the first time; and no longer than a second.
 */
final class Layers implements AutoCloseable {
    private static final long LISTED_NANOS = 10_000_000_000L;
    private static final long ASKED_NANOS = 1_000_000_000L;
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final Snapshotter snapshots;
    private final InstantSource clock;
    private final ConcurrentHashMap<ObjectId, Layer> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ObjectId, Future<?>> walks = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor walker;

    /** @param at nanoseconds since the epoch */
    record Layer(long at, Usage usage) {}

    Layers(Snapshotter snapshots, InstantSource clock) {
        this.snapshots = snapshots;
        this.clock = clock;
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

    private static void await(Collection<Future<?>> walks) {
        long end = System.nanoTime() + PATIENCE_NANOS;
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

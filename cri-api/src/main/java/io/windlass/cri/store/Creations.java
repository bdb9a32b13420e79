package io.windlass.cri.store;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes creation idempotent: one creation per key at a time, and what was created is remembered until it is released.
 *
 * <p>
 * A kubelet repeats a create whose answer it did not get. The second call with the same key waits for the first one and
 * returns its result; a call after that returns what exists. A creation that fails leaves the key free.
 *
 * <pre>{@code
 * ObjectId id = creations.create(key, () -> reallyCreate(key));
 * ...
 * creations.release(key, id);
 * }</pre>
 *
 * @param <K> what makes two creates the same one
 * @param <V> what is created
 */
public final class Creations<K, V> {
    private final ConcurrentHashMap<K, CompletableFuture<V>> created = new ConcurrentHashMap<>();

    /**
     * Returns what {@code creation} creates, or what an earlier call with an equal key created.
     *
     * @throws Exception what the creation threw, also to those who had joined it
     */
    public V create(K key, Callable<V> creation) throws Exception {
        var mine = new CompletableFuture<V>();
        var earlier = created.putIfAbsent(key, mine);
        if (earlier != null) {
            return await(earlier);
        }
        try {
            V value = creation.call();
            mine.complete(value);
            return value;
        } catch (Throwable e) {
            created.remove(key, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    /** Notes what exists already, found when the daemon started. */
    public void restore(K key, V value) {
        created.put(key, CompletableFuture.completedFuture(value));
    }

    /** Frees the key if it stands for {@code value}, which no longer exists: at once, or when the creation that is under way has made just that. */
    public void release(K key, V value) {
        var future = created.get(key);
        if (future != null) {
            var unused = future.thenAccept(result -> {
                if (value.equals(result)) {
                    created.remove(key, future);
                }
            });
        }
    }

    private static <V> V await(CompletableFuture<V> future) throws Exception {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}

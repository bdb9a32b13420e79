package io.windlass.cri.store;

import io.windlass.cri.error.CriException;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Objects by id. Reading never waits for a writer.
 *
 * <p>
 * As with the peers, a request may name an object by the beginning of its id, as long as only one object has it.
 *
 * @param <T> the kind of object
 */
public final class ObjectMap<T> {
    private final String kind;
    private final ConcurrentSkipListMap<String, T> objects = new ConcurrentSkipListMap<>();

    /**
     * @param kind the word for one object in messages, for example {@code "sandbox"}
     */
    public ObjectMap(String kind) {
        this.kind = kind;
    }

    /** Adds or replaces the object with this id. */
    public void put(ObjectId id, T object) {
        objects.put(id.value(), object);
    }

    /** Forgets the object; an unknown id is fine. */
    public void remove(ObjectId id) {
        objects.remove(id.value());
    }

    /** Returns the object with exactly this id. */
    public Optional<T> get(ObjectId id) {
        return Optional.ofNullable(objects.get(id.value()));
    }

    /**
     * Finds an object by its id or by the beginning of it.
     *
     * @throws CriException INVALID_ARGUMENT when more than one id begins so
     */
    public Optional<T> find(String idOrPrefix) {
        T exact = objects.get(idOrPrefix);
        if (exact != null) {
            return Optional.of(exact);
        }
        if (!ObjectId.isPrefix(idOrPrefix)) {
            return Optional.empty();
        }
        var entry = objects.ceilingEntry(idOrPrefix);
        if (entry == null || !entry.getKey().startsWith(idOrPrefix)) {
            return Optional.empty();
        }
        var next = objects.higherKey(entry.getKey());
        if (next != null && next.startsWith(idOrPrefix)) {
            throw CriException.invalidArgument(
                    "id \"" + idOrPrefix + "\" is the beginning of more than one " + kind + " id: give more digits");
        }
        return Optional.of(entry.getValue());
    }

    /** Returns a live, read-only view of all objects in the order of their ids. */
    public Collection<T> all() {
        return Collections.unmodifiableCollection(objects.values());
    }
}

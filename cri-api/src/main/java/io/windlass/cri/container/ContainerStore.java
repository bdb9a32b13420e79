package io.windlass.cri.container;

import io.windlass.cri.error.CriException;
import io.windlass.cri.store.Creations;
import io.windlass.cri.store.ObjectDirectories;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.ObjectMap;
import io.windlass.cri.store.RecordDirectory;
import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.cri.store.Retries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All containers: in memory for reading, each with a record under the root directory. */
public final class ContainerStore {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerStore.class);

    private final RecordDirectory records;
    private final ObjectMap<Container> containers = new ObjectMap<>("container");
    private final Creations<ContainerKey, ObjectId> creations = new Creations<>();

    private ContainerStore(RecordDirectory records) {
        this.records = records;
    }

    /** Opens the store with the containers that have a record in {@code directory}. */
    public static ContainerStore open(Path directory) throws IOException {
        var store = new ContainerStore(RecordDirectory.open(directory));
        for (var record : store.records.load(ContainerJson::read)) {
            store.containers.put(record.id(), new Container(record));
            store.creations.restore(record.key(), record.id());
        }
        return store;
    }

    /** Returns the directories in {@code parent} of containers that are not among these. */
    List<Path> left(Path parent) throws IOException {
        return ObjectDirectories.left(parent, records);
    }

    /** Returns the creations that are known by their key. */
    Creations<ContainerKey, ObjectId> creations() {
        return creations;
    }

    /**
     * Adds a container and records it durably.
     *
     * @param added called with the container's lock, before anybody else can change what is now there to be found
     */
    Container add(ContainerRecord record, Consumer<Container> added) throws IOException {
        records.add(record.id(), ContainerJson.write(record));
        var container = new Container(record);
        container.lock().lock();
        try {
            containers.put(record.id(), container);
            added.accept(container);
        } finally {
            container.lock().unlock();
        }
        return container;
    }

    /** Replaces a container's record. Only with the container's lock. */
    void update(Container container, ContainerRecord record, Durability durability) throws IOException {
        records.publish(record.id(), ContainerJson.write(record), durability);
        container.replace(record);
    }

    /**
     * As {@link #update}, for what has come to be whether or not it can be recorded, as an end on a full disk: the record is written as soon as
     * it can be, lest a later daemon take the container for what it was. Only with the container's lock.
     */
    void updateAnyway(Container container, ContainerRecord record, Durability durability, Retries retries) {
        try {
            update(container, record, durability);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            container.replace(record);
            retries.later("record container " + record.id(), () -> recordAgain(container));
            LOG.error("event=record-failed container={} error=\"{}\"", record.id().shortened(), e.getMessage());
        }
    }

    private void recordAgain(Container container) throws IOException {
        container.lock().lock();
        try {
            if (get(container.id()).isPresent()) {
                update(container, container.record(), Durability.POWER);
            }
        } finally {
            container.lock().unlock();
        }
    }

    /** Forgets a container of which nothing is left. */
    void remove(Container container) throws IOException {
        records.delete(container.id());
        containers.remove(container.id());
        creations.release(container.record().key(), container.id());
    }

    /** Returns the containers whose records could not be read: what is theirs stays as it is. */
    public Set<ObjectId> quarantined() {
        return records.quarantined();
    }

    /** Returns the containers whose records are damaged. */
    Set<ObjectId> corrupt() {
        return records.corrupt();
    }

    /** Returns all containers in the order of their ids. */
    public Collection<Container> all() {
        return containers.all();
    }

    /** Returns the containers of a sandbox. */
    public List<Container> of(ObjectId sandbox) {
        return containers.all().stream().filter(container -> container.record().sandbox().equals(sandbox)).toList();
    }

    /** Returns the container with exactly this id. */
    public Optional<Container> get(ObjectId id) {
        return containers.get(id);
    }

    /**
     * Finds a container by its id or the beginning of it.
     *
     * @throws CriException INVALID_ARGUMENT when several ids begin so
     */
    public Optional<Container> find(String idOrPrefix) {
        return containers.find(idOrPrefix);
    }

    /**
     * Returns the container with that id or beginning of an id.
     *
     * @throws CriException NOT_FOUND, or INVALID_ARGUMENT when several ids begin so
     */
    public Container require(String idOrPrefix) {
        return find(idOrPrefix).orElseThrow(() -> CriException.notFound("container \"" + idOrPrefix + "\" does not exist"));
    }

    /** @throws CriException NOT_FOUND for a container that was removed while its lock was waited for */
    void requireStill(Container container) {
        if (get(container.id()).isEmpty()) {
            throw CriException.notFound("container " + container.id() + " does not exist any more");
        }
    }
}

package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.store.Creations;
import io.windlass.cri.store.ObjectDirectories;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.ObjectMap;
import io.windlass.cri.store.RecordDirectory;
import io.windlass.cri.store.RecordDirectory.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All sandboxes: in memory for reading, each with a record under the root directory. */
public final class SandboxStore {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxStore.class);

    private final RecordDirectory records;
    private final ObjectMap<Sandbox> sandboxes = new ObjectMap<>("sandbox");
    private final Creations<SandboxKey, ObjectId> creations = new Creations<>();

    private SandboxStore(RecordDirectory records) {
        this.records = records;
    }

    /** Opens the store with the sandboxes that have a record in {@code directory}. */
    public static SandboxStore open(Path directory) throws IOException {
        var store = new SandboxStore(RecordDirectory.open(directory));
        for (var record : store.records.load(SandboxRecord::parse)) {
            store.sandboxes.put(record.id(), new Sandbox(record));
            if (record.state() == SandboxState.READY || record.state() == SandboxState.NOT_READY) {
                store.creations.restore(record.key(), record.id());
            }
        }
        return store;
    }

    /** Returns the directories in {@code parent} of sandboxes that are not among these. */
    List<Path> left(Path parent) throws IOException {
        return ObjectDirectories.left(parent, records);
    }

    /** Returns the creations that are known by their key. */
    Creations<SandboxKey, ObjectId> creations() {
        return creations;
    }

    /** Returns the sandboxes of that name that were never ready and are not being made any more. */
    List<Sandbox> unfinished(SandboxKey key) {
        return all().stream().filter(sandbox -> sandbox.record().state() == SandboxState.UNFINISHED)
                .filter(sandbox -> sandbox.record().key().equals(key)).toList();
    }

    /** Adds a sandbox and records it durably. */
    Sandbox add(SandboxRecord record) throws IOException {
        records.add(record.id(), record.toJson());
        var sandbox = new Sandbox(record);
        sandboxes.put(record.id(), sandbox);
        return sandbox;
    }

    /** Replaces a sandbox's record. */
    void update(Sandbox sandbox, SandboxRecord record, Durability durability) throws IOException {
        records.publish(record.id(), record.toJson(), durability);
        sandbox.replace(record);
    }

    /**
     * As {@link #update}, for a step that gives something back, which must not fail for want of room: without a record on disk the step counts
     * all the same, and a next daemon takes it again.
     */
    void updateAnyway(Sandbox sandbox, SandboxRecord record) {
        try {
            update(sandbox, record, Durability.PROCESS);
        } catch (IOException e) {
            LOG.warn("event=record-failed sandbox={} error=\"{}\"", record.id().shortened(), e.getMessage());
            sandbox.replace(record);
        }
    }

    /** Forgets a sandbox of which nothing is left. */
    void remove(Sandbox sandbox) throws IOException {
        records.delete(sandbox.id());
        sandboxes.remove(sandbox.id());
        creations.release(sandbox.record().key(), sandbox.id());
    }

    /** Returns the sandboxes whose records could not be read: what is theirs stays as it is. */
    public Set<ObjectId> quarantined() {
        return records.quarantined();
    }

    /** Returns all sandboxes in the order of their ids. */
    public Collection<Sandbox> all() {
        return sandboxes.all();
    }

    /** Returns the sandbox with exactly this id. */
    public Optional<Sandbox> get(ObjectId id) {
        return sandboxes.get(id);
    }

    /**
     * Finds a sandbox by its id or the beginning of it.
     *
     * @throws CriException INVALID_ARGUMENT when several ids begin so
     */
    public Optional<Sandbox> find(String idOrPrefix) {
        return sandboxes.find(idOrPrefix);
    }

    /**
     * Returns the sandbox with that id or beginning of an id.
     *
     * @throws CriException NOT_FOUND, or INVALID_ARGUMENT when several ids begin so
     */
    public Sandbox require(String idOrPrefix) {
        return find(idOrPrefix).orElseThrow(() -> CriException.notFound("sandbox \"" + idOrPrefix + "\" does not exist"));
    }
}

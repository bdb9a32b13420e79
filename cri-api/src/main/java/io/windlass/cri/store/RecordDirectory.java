package io.windlass.cri.store;

import io.windlass.cri.store.RecordFile.NewerException;
import io.windlass.cri.store.RecordFile.Parser;
import io.windlass.shim.linux.RecordSeal;
import io.windlass.shim.linux.Shortage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one kind of object: {@code DIRECTORY/ID.json}, one file an object.
 *
 * <p>
 * A record appears as a whole or not at all: it is written to a file of its own, which then takes the name. While the one under the name is not
 * forced to disk, the last one that was is kept beside it as {@code ID.json.durable}, for a power cut may leave the later one empty.
 *
 * <p>
 * A record that cannot be read is set aside as {@code ID.json.corrupt}: where there is no other, that one object is quarantined. It is not served,
 * and nothing of it is taken away, as its owner may want it back; {@code windlass fsck --repair} clears it up. A record of a later daemon stays.
 */
public final class RecordDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(RecordDirectory.class);
    private static final String TEMPORARY = RecordFile.SUFFIX + ".tmp";
    private static final String DURABLE = RecordFile.SUFFIX + ".durable";
    /** The end of the name of a record that was set aside. */
    public static final String CORRUPT = RecordFile.SUFFIX + ".corrupt";

    /** What a published record survives. */
    public enum Durability {
        /** The end of the daemon: nothing is waited for. */
        PROCESS,
        /** A power cut: the file and its name are on the disk when {@link RecordDirectory#publish} returns. */
        POWER
    }

    private final Path directory;
    private final Set<ObjectId> corrupt = new TreeSet<>();
    private final Set<ObjectId> newer = new TreeSet<>();

    private RecordDirectory(Path directory) {
        this.directory = directory;
    }

    /** Opens the directory and makes it if it is missing. */
    public static RecordDirectory open(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new RecordDirectory(directory);
    }

    /** Writes the first record of {@code id}, which survives a power cut. After an error there is none: the name may have come before it. */
    public void add(ObjectId id, byte[] json) throws IOException {
        try {
            publish(id, json, Durability.POWER);
        } catch (IOException e) {
            try {
                delete(id);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /** Writes or replaces the record of {@code id}, a JSON object. Callers order the writes of one object among themselves. */
    public void publish(ObjectId id, byte[] json, Durability durability) throws IOException {
        var temporary = path(id, TEMPORARY);
        try (var file = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(RecordSeal.seal(json));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            if (durability == Durability.POWER) {
                file.force(true);
            }
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        if (durability == Durability.PROCESS) {
            keepDurable(id);
        }
        Files.move(temporary, path(id, RecordFile.SUFFIX), StandardCopyOption.ATOMIC_MOVE);
        if (durability == Durability.POWER) {
            sync();
            Files.deleteIfExists(path(id, DURABLE));
        }
    }

    /** Gives the record that is on disk a second name, unless an earlier one has it: that one is on disk, a later one may not be. */
    private void keepDurable(ObjectId id) throws IOException {
        try {
            Files.createLink(path(id, DURABLE), path(id, RecordFile.SUFFIX));
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            LOG.trace("nothing to keep of {}", id);
        }
    }

    /** Removes the record; a missing one is fine. */
    public void delete(ObjectId id) throws IOException {
        Files.deleteIfExists(path(id, RecordFile.SUFFIX));
        Files.deleteIfExists(path(id, DURABLE));
    }

    /** Returns whether there is a record of that id, be it one that cannot be read. */
    boolean knows(ObjectId id) {
        return Files.exists(path(id, RecordFile.SUFFIX)) || quarantined().contains(id);
    }

    /** Reads all records; what cannot be read is set aside and logged. Leftovers of interrupted writes are deleted. */
    public <T> List<T> load(Parser<T> parser) throws IOException {
        var loaded = new ArrayList<T>();
        for (var file : list()) {
            var id = RecordFile.idOf(file, RecordFile.SUFFIX);
            var before = RecordFile.idOf(file, CORRUPT);
            if (file.toString().endsWith(TEMPORARY)) {
                Files.deleteIfExists(file);
            } else if (before != null) {
                corrupt.add(before);
            } else if (id != null) {
                load(file, id, parser, loaded);
            } else {
                deleteWithout(file);
            }
        }
        return loaded;
    }

    /** The daemon was killed while it removed a record: the one that is kept beside it goes too. */
    private void deleteWithout(Path file) throws IOException {
        var id = RecordFile.idOf(file, DURABLE);
        if (id != null && !Files.exists(path(id, RecordFile.SUFFIX)) && !quarantined().contains(id)) {
            Files.deleteIfExists(file);
        }
    }

    private <T> void load(Path file, ObjectId id, Parser<T> parser, List<T> loaded) throws IOException {
        try {
            loaded.add(RecordFile.read(file, id, parser));
        } catch (NewerException e) {
            LOG.error("event=record-newer file={} error=\"{}\"", file, e.getMessage());
            newer.add(id);
        } catch (Exception e) {
            throwIfShort(file, e);
            LOG.error("event=record-corrupt file={} error=\"{}\"", file, e.getMessage());
            if (!loadDurable(id, parser, loaded)) {
                Files.move(file, path(id, CORRUPT), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                LOG.error("event=record-quarantined file={}", path(id, CORRUPT));
                corrupt.add(id);
            }
        }
    }

    /** A want of descriptors or of memory says nothing about a record. */
    private static void throwIfShort(Path file, Exception e) throws IOException {
        if (Shortage.isBehind(e)) {
            throw new IOException("record " + file + " cannot be read now: " + e.getMessage(), e);
        }
    }

    private <T> boolean loadDurable(ObjectId id, Parser<T> parser, List<T> loaded) throws IOException {
        var durable = path(id, DURABLE);
        if (!Files.exists(durable)) {
            return false;
        }
        T before;
        try {
            before = RecordFile.read(durable, id, parser);
        } catch (Exception e) {
            throwIfShort(durable, e);
            LOG.error("event=record-corrupt file={} error=\"{}\"", durable, e.getMessage());
            return false;
        }
        Files.move(durable, path(id, RecordFile.SUFFIX), StandardCopyOption.ATOMIC_MOVE);
        loaded.add(before);
        LOG.warn("event=record-of-before file={}", path(id, RecordFile.SUFFIX));
        return true;
    }

    /** Returns the objects whose records were there when they were loaded, but damaged. */
    public Set<ObjectId> corrupt() {
        return corrupt;
    }

    /** Returns the objects whose records cannot be read, also those of a later daemon: nothing of theirs may be taken away. */
    public Set<ObjectId> quarantined() {
        var both = new TreeSet<>(corrupt);
        both.addAll(newer);
        return both;
    }

    private List<Path> list() throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private void sync() throws IOException {
        try (var opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        }
    }

    private Path path(ObjectId id, String suffix) {
        return directory.resolve(id.value() + suffix);
    }
}

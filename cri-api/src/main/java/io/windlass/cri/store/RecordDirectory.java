package io.windlass.cri.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The records of one kind of object: {@code DIRECTORY/ID.json}, one file an object.
 *
 * <p>
 * A record appears as a whole or not at all: it is written to a file of its own, which then takes the name. A record that
 * cannot be read is set aside as {@code ID.json.corrupt} and costs that one object, never the start of the daemon.
 */
public final class RecordDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(RecordDirectory.class);
    private static final String SUFFIX = ".json";
    private static final String TEMPORARY = ".tmp";

    /** What a published record survives. */
    public enum Durability {
        /** The end of the daemon: nothing is waited for. */
        PROCESS,
        /** A power cut: the file and its name are on the disk when {@link RecordDirectory#publish} returns. */
        POWER
    }

    /** Turns the JSON of one record into an object; throws any exception to say that it is none. */
    @FunctionalInterface
    public interface Parser<T> {
        T parse(JsonNode json) throws Exception;
    }

    private final Path directory;

    private RecordDirectory(Path directory) {
        this.directory = directory;
    }

    /** Opens the directory and makes it if it is missing. */
    public static RecordDirectory open(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new RecordDirectory(directory);
    }

    /** Writes or replaces the record of {@code id}. Callers order the writes of one object among themselves. */
    public void publish(ObjectId id, byte[] json, Durability durability) throws IOException {
        var temporary = directory.resolve(id.value() + SUFFIX + TEMPORARY);
        try (var file = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(json);
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
        Files.move(temporary, path(id), StandardCopyOption.ATOMIC_MOVE);
        if (durability == Durability.POWER) {
            sync();
        }
    }

    /** Removes the record; a missing one is fine. */
    public void delete(ObjectId id) throws IOException {
        Files.deleteIfExists(path(id));
    }

    /** Reads all records; what cannot be read is set aside and logged. Leftovers of interrupted writes are deleted. */
    public <T> List<T> load(Parser<T> parser) throws IOException {
        var loaded = new ArrayList<T>();
        var mapper = JsonMapper.shared();
        for (var file : list()) {
            var name = file.getFileName().toString();
            if (name.endsWith(TEMPORARY)) {
                Files.deleteIfExists(file);
            } else if (name.endsWith(SUFFIX)) {
                try {
                    loaded.add(parser.parse(mapper.readTree(Files.readAllBytes(file))));
                } catch (Exception e) {
                    setAside(file, e);
                }
            }
        }
        return loaded;
    }

    private List<Path> list() throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void setAside(Path file, Exception cause) throws IOException {
        var aside = file.resolveSibling(file.getFileName() + ".corrupt");
        LOG.error("record set aside file={} as={} error=\"{}\"", file, aside.getFileName(), cause.getMessage());
        Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void sync() throws IOException {
        try (var opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        }
    }

    private Path path(ObjectId id) {
        return directory.resolve(id.value() + SUFFIX);
    }
}

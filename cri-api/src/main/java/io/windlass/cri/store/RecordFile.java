package io.windlass.cri.store;

import io.windlass.shim.linux.RecordSeal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One record on disk: whose it is by its name, and whether it is what was written. */
public final class RecordFile {
    /** The end of a record's name. */
    public static final String SUFFIX = ".json";

    /** Turns the JSON of one record into an object; throws any exception to say that it is none. */
    @FunctionalInterface
    public interface Parser<T> {
        T parse(JsonNode json) throws Exception;
    }

    /** A record of a later daemon: neither to be read nor to be touched. */
    public static final class NewerException extends Exception {
        NewerException(String message) {
            super(message);
        }
    }

    private RecordFile() {}

    /** Returns the id in a name that ends with {@code suffix}, or null for another name. */
    public static @Nullable ObjectId idOf(Path file, String suffix) {
        var name = file.getFileName().toString();
        if (!name.endsWith(suffix)) {
            return null;
        }
        var id = name.substring(0, name.length() - suffix.length());
        return ObjectId.isValid(id) ? new ObjectId(id) : null;
    }

    /**
     * Reads a record and checks that it is whole.
     *
     * @param id the object that it must be of
     * @throws NewerException when a later daemon wrote it
     * @throws Exception when it is no record of {@code id}, with the reason as its message
     */
    public static <T> T read(Path file, ObjectId id, Parser<T> parser) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            throw new IOException("the record is empty");
        }
        var json = JsonMapper.shared().readTree(bytes);
        RecordSeal.check(bytes, Json.number(json, "version"));
        if (!Json.text(json, "id").equals(id.value())) {
            throw new IOException("the record is of another object: its id is not its file's name");
        }
        return parser.parse(json);
    }
}

package io.windlass.cri.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Directories named by the ids of the objects whose files they hold. */
public final class ObjectDirectories {
    private ObjectDirectories() {}

    /** Returns those in {@code parent}, in the order of their names; none where that is not there. */
    public static List<Path> in(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (var entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).filter(entry -> ObjectId.isValid(entry.getFileName().toString())).sorted().toList();
        }
    }

    /**
     * Returns those in {@code parent} of objects without a record: a daemon was killed before it had made it all, or had it removed.
     *
     * @param records where the records are; one that was set aside counts, for its object may be mended
     */
    public static List<Path> left(Path parent, RecordDirectory records) throws IOException {
        return in(parent).stream().filter(entry -> !records.knows(id(entry))).toList();
    }

    /** Returns whose directory it is. */
    public static ObjectId id(Path directory) {
        return new ObjectId(directory.getFileName().toString());
    }
}

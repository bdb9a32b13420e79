package io.windlass.cri.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Directories named by the id of an object whose record is not there: a daemon was killed before it had made it all, or had it removed. */
public final class LeftDirectories {
    private LeftDirectories() {}

    /**
     * Returns the directories in {@code parent} that are named by the id of an object without a record.
     *
     * @param records where the records are; one that was set aside counts, for its object may be mended
     */
    public static List<Path> in(Path parent, RecordDirectory records) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (var entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).filter(entry -> ObjectId.isValid(entry.getFileName().toString()))
                    .filter(entry -> !records.knows(new ObjectId(entry.getFileName().toString()))).toList();
        }
    }
}

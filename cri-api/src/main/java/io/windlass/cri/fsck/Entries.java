package io.windlass.cri.fsck;

import io.windlass.cri.store.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is in a directory. */
final class Entries {
    private Entries() {}

    /** Returns the entries by their names; none where there is no directory. */
    static List<Path> of(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /** Returns the directories that are named by an id. */
    static List<Path> named(Path directory) throws IOException {
        var found = new ArrayList<Path>();
        for (var entry : of(directory)) {
            if (ObjectId.isValid(entry.getFileName().toString()) && Files.isDirectory(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    static ObjectId id(Path named) {
        return new ObjectId(named.getFileName().toString());
    }
}

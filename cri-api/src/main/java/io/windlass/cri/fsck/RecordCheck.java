package io.windlass.cri.fsck;

import io.windlass.cri.container.ContainerRecord;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordDirectory;
import io.windlass.cri.store.RecordFile;
import io.windlass.cri.store.RecordFile.NewerException;
import io.windlass.cri.store.RecordFile.Parser;
import io.windlass.snapshotter.content.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads every record of a sandbox or a container. */
final class RecordCheck {
    private final List<Finding> findings;
    private final Set<ObjectId> newer = new TreeSet<>();

    private RecordCheck(List<Finding> findings) {
        this.findings = findings;
    }

    static Ledger run(Path root, Path state, List<Finding> findings) throws IOException {
        var check = new RecordCheck(findings);
        var sandboxes = check.read(root.resolve("sandboxes"), "sandbox", SandboxRecord::parse);
        var containers = check.read(root.resolve("containers"), "container", ContainerRecord::parse);
        return new Ledger(root, state, sandboxes, containers, check.newer);
    }

    private <T> Map<ObjectId, T> read(Path directory, String kind, Parser<T> parser) throws IOException {
        var records = new TreeMap<ObjectId, T>();
        for (var file : Entries.of(directory)) {
            var corrupt = RecordFile.idOf(file, RecordDirectory.CORRUPT);
            var id = RecordFile.idOf(file, RecordFile.SUFFIX);
            if (corrupt != null) {
                findings.add(Finding.mendable(kind + " " + corrupt, "its record was damaged and is set aside",
                        "a repair forgets it, with all that is left of it", () -> Files.deleteIfExists(file)));
            } else if (id != null) {
                read(directory, kind, file, id, parser, records);
            }
        }
        return records;
    }

    private <T> void read(Path directory, String kind, Path file, ObjectId id, Parser<T> parser, Map<ObjectId, T> records) {
        try {
            records.put(id, RecordFile.read(file, id, parser));
        } catch (NewerException e) {
            newer.add(id);
            findings.add(Finding.stuck(kind + " " + id, String.valueOf(e.getMessage()), "use that version"));
        } catch (Exception e) {
            if (Files.exists(file)) {
                findings.add(Finding.mendable(kind + " " + id, "its record is damaged: " + e.getMessage(),
                        "a repair takes the record before it, or forgets it with all that is left of it",
                        () -> RecordDirectory.open(directory).load(parser)));
            }
        }
    }
}

package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all records at start. A record that does not parse sets that one snapshot aside; a directory without a record is rubbish. */
final class SnapshotLoader {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotLoader.class);

    private final SnapshotFiles files;
    private final Map<Long, SnapshotRecord> records = new HashMap<>();
    private final List<Long> rubbish = new ArrayList<>();
    private long highest;

    SnapshotLoader(SnapshotFiles files) {
        this.files = files;
    }

    SnapshotLoader load() throws IOException {
        for (long number : files.numbers()) {
            highest = Math.max(highest, number);
            Path directory = files.directory(number);
            Path committed = directory.resolve(SnapshotRecord.Committed.FILE);
            Path active = directory.resolve(SnapshotRecord.Active.FILE);
            if (Files.exists(committed)) {
                read(number, committed);
            } else if (Files.exists(active)) {
                readActive(number, active);
            } else if (!Files.exists(broken(committed)) && !Files.exists(broken(active))) {
                rubbish.add(number);
            }
        }
        return this;
    }

    /** An empty record is what a power cut leaves of one that was not forced to disk: its container has ended with the node. */
    private void readActive(long number, Path file) throws IOException {
        if (Files.size(file) == 0) {
            rubbish.add(number);
        } else {
            read(number, file);
        }
    }

    private void read(long number, Path file) throws IOException {
        try {
            records.put(number, SnapshotRecord.read(file));
        } catch (IOException | RuntimeException e) {
            LOG.warn("event=snapshot-quarantined file={} reason=\"{}\"", file, e.getMessage());
            if (!(e instanceof ImageException newer && newer.kind() == Kind.FAILED_PRECONDITION)) {
                Files.move(file, broken(file), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    static Path broken(Path file) {
        return file.resolveSibling(file.getFileName() + ".broken");
    }

    Map<Long, SnapshotRecord> records() {
        return records;
    }

    List<Long> rubbish() {
        return rubbish;
    }

    long highest() {
        return highest;
    }
}

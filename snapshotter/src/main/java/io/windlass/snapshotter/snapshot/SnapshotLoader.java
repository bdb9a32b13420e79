package io.windlass.snapshotter.snapshot;

import io.windlass.shim.linux.Mounts;
import io.windlass.shim.linux.Shortage;
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
import java.util.stream.Stream;
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

    /** An empty record that nobody has mounted is what a power cut left of one that was not forced to disk: its container ended with the node. */
    private void readActive(long number, Path file) throws IOException {
        if (Files.size(file) == 0 && !isMounted(number)) {
            rubbish.add(number);
        } else {
            read(number, file);
        }
    }

    /** The paths in an overlay's options are as they were given: from the base, or absolute. */
    private static boolean isMounted(long number) throws IOException {
        String upper = SnapshotFiles.fs(number);
        return Mounts.anyProcessHas(mount -> mount.type().equals("overlay")
                && Stream.of(mount.superOptions().split(",")).filter(option -> option.startsWith("upperdir="))
                        .anyMatch(option -> option.equals("upperdir=" + upper) || option.endsWith("/" + upper)));
    }

    private void read(long number, Path file) throws IOException {
        try {
            records.put(number, SnapshotRecord.read(file));
        } catch (IOException | RuntimeException e) {
            if (Shortage.isBehind(e)) {
                throw e;
            }
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

package io.windlass.snapshotter.snapshot;

import io.windlass.shim.linux.MountPoint;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        List<Long> empty = new ArrayList<>();
        for (long number : files.numbers()) {
            highest = Math.max(highest, number);
            Path directory = files.directory(number);
            Path committed = directory.resolve(SnapshotRecord.Committed.FILE);
            Path active = directory.resolve(SnapshotRecord.Active.FILE);
            if (Files.exists(committed)) {
                read(number, committed);
            } else if (Files.exists(active) && Files.size(active) == 0) {
                empty.add(number);
            } else if (Files.exists(active)) {
                read(number, active);
            } else if (!Files.exists(broken(committed)) && !Files.exists(broken(active))) {
                rubbish.add(number);
            }
        }
        if (!empty.isEmpty()) {
            readEmpty(empty);
        }
        return this;
    }

    /** An empty record that nobody has mounted is what a power cut left of one that was not forced to disk: its container ended with the node. */
    private void readEmpty(List<Long> numbers) throws IOException {
        Set<Long> mounted = new HashSet<>();
        Mounts.ofAllProcesses(mount -> numbers.stream().filter(number -> isUpper(number, mount)).forEach(mounted::add));
        for (long number : numbers) {
            if (mounted.contains(number)) {
                read(number, files.directory(number).resolve(SnapshotRecord.Active.FILE));
            } else {
                rubbish.add(number);
            }
        }
    }

    /** An overlay's options name paths as they were given: absolute, or from a base that they do not tell, which is taken for ours. */
    private boolean isUpper(long number, MountPoint mount) {
        return mount.type().equals("overlay") && (mount.hasSuperOption("upperdir=" + SnapshotFiles.fs(number))
                || mount.hasSuperOption("upperdir=" + files.fsPath(number)));
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

package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.content.DurableFile;
import io.windlass.snapshotter.content.Finding;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares the directories of snapshots with their records. Changes nothing but by a repair. */
public final class SnapshotCheck {
    private final Path base;
    private final boolean running;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<ChainId, Layer> layers = new HashMap<>();
    private final Map<String, Long> keys = new HashMap<>();
    private final Set<ChainId> stoodOn = new HashSet<>();

    /** A layer that has a record: its directory's number, and the chain below. */
    private record Layer(long number, ChainId parent) {}

    private SnapshotCheck(Path base, boolean running) {
        this.base = base.toAbsolutePath();
        this.running = running;
    }

    /**
     * Reads all records.
     *
     * @param base the snapshotter's directory
     * @param running whether a daemon is at work there, which may be unpacking
     */
    public static SnapshotCheck run(Path base, boolean running) throws ImageException {
        SnapshotCheck check = new SnapshotCheck(base, running);
        if (Files.isDirectory(base)) {
            try {
                check.read(new SnapshotFiles(check.base));
            } catch (IOException e) {
                throw ImageException.of("cannot read the snapshots in " + base, e);
            }
        }
        return check;
    }

    private void read(SnapshotFiles files) throws IOException {
        for (long number : new TreeSet<>(files.numbers())) {
            Path directory = files.directory(number);
            Path committed = directory.resolve(SnapshotRecord.Committed.FILE);
            Path active = directory.resolve(SnapshotRecord.Active.FILE);
            if (Files.exists(committed)) {
                record(files, number, committed);
            } else if (Files.exists(active) && Files.size(active) > 0) {
                record(files, number, active);
            } else if (Files.exists(SnapshotLoader.broken(committed)) || Files.exists(SnapshotLoader.broken(active))) {
                damaged(files, number, "its record is damaged and was set aside");
            } else if (!running && !Files.exists(directory.resolve(SnapshotRecord.Committed.FILE + DurableFile.TEMPORARY))) {
                findings.add(Finding.harmless("snapshot " + number, "it has no record", "the daemon removes it when it starts"));
            }
        }
        layers.forEach((chain, layer) -> {
            if (!layer.parent.equals(ChainId.EMPTY) && !layers.containsKey(layer.parent)) {
                findings.add(Finding.harmless("layer " + chain, "the layer below it, " + layer.parent + ", is missing",
                        "it is restored with its image"));
            }
        });
    }

    private void record(SnapshotFiles files, long number, Path file) {
        try {
            switch (SnapshotRecord.read(file)) {
                case SnapshotRecord.Committed layer -> layers.put(layer.chain(), new Layer(number, layer.parent()));
                case SnapshotRecord.Active active -> {
                    keys.put(active.key(), number);
                    stoodOn.add(active.parent());
                }
            }
        } catch (IOException | RuntimeException e) {
            if (Files.exists(file)) {
                if (e instanceof ImageException newer && newer.kind() == ImageException.Kind.FAILED_PRECONDITION) {
                    findings.add(Finding.stuck("snapshot " + number, String.valueOf(e.getMessage()), "use that version"));
                } else {
                    damaged(files, number, "its record is damaged: " + e.getMessage());
                }
            }
        }
    }

    private void damaged(SnapshotFiles files, long number, String problem) {
        findings.add(Finding.mendable("snapshot " + number, problem, "a repair removes it, and its image is restored from its blobs",
                () -> remove(files, number)));
    }

    private static void remove(SnapshotFiles files, long number) throws IOException {
        Path directory = files.directory(number);
        files.remove(number);
        Files.deleteIfExists(SnapshotLoader.broken(directory.resolve(SnapshotRecord.Committed.FILE)));
    }

    /** Returns what is wrong. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Returns the keys of the writable snapshots. */
    public Set<String> keys() {
        return Set.copyOf(keys.keySet());
    }

    /** Returns whether the layer and all below it are there. */
    public boolean has(ChainId chain) {
        ChainId at = chain;
        while (!at.equals(ChainId.EMPTY)) {
            Layer layer = layers.get(at);
            if (layer == null) {
                return false;
            }
            at = layer.parent;
        }
        return true;
    }

    /** Returns the directory of a layer's files. */
    public Path directory(ChainId chain) {
        Layer layer = layers.get(chain);
        if (layer == null) {
            throw new IllegalArgumentException("layer " + chain + " has no record");
        }
        return base.resolve(SnapshotFiles.fs(layer.number));
    }

    /** Returns whether a container's snapshot stands on this layer. */
    public boolean isUsed(ChainId chain) {
        for (ChainId top : stoodOn) {
            for (ChainId at = top; layers.containsKey(at); at = layers.get(at).parent) {
                if (at.equals(chain)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Removes a layer's directory; those above it, and their image, are incomplete until they are restored. */
    public void remove(ChainId chain) throws IOException {
        Layer layer = layers.get(chain);
        if (layer != null) {
            new SnapshotFiles(base).remove(layer.number);
        }
    }

    /** Removes a writable snapshot. */
    public void remove(String key) throws IOException {
        Long number = keys.get(key);
        if (number != null) {
            new SnapshotFiles(base).remove(number);
        }
    }
}

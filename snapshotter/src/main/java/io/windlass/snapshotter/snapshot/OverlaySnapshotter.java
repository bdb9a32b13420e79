package io.windlass.snapshotter.snapshot;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.snapshotter.content.DurableFile;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.snapshot.SnapshotRecord.Active;
import io.windlass.snapshotter.snapshot.SnapshotRecord.Committed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots as plain directories for overlayfs, each under a short number. Reads take no lock. An active snapshot is written without fsync: what a power
 * cut takes from it, it takes from the container too. A committed one is on disk before it has its record.
 */
public final class OverlaySnapshotter implements Snapshotter {

    private record Layer(long number, Committed record) {}

    private record Writable(long number, Active record) {}

    private final SnapshotFiles files;
    private final Map<ChainId, Layer> layers = new ConcurrentHashMap<>();
    private final Map<String, Writable> writables = new ConcurrentHashMap<>();
    private final Map<ChainId, Usage> usages = new ConcurrentHashMap<>();
    private final AtomicLong numbers;

    private OverlaySnapshotter(SnapshotFiles files, SnapshotLoader loaded) {
        this.files = files;
        this.numbers = new AtomicLong(loaded.highest());
        loaded.records().forEach((number, record) -> {
            switch (record) {
                case Committed committed -> layers.put(committed.chain(), new Layer(number, committed));
                case Active active -> writables.put(active.key(), new Writable(number, active));
            }
        });
    }

    /** Opens or makes the snapshots in {@code directory}, and removes what an earlier process left unfinished. */
    public static OverlaySnapshotter open(Path directory) throws ImageException {
        try {
            SnapshotFiles files = new SnapshotFiles(directory.toAbsolutePath());
            SnapshotLoader loaded = new SnapshotLoader(files).load();
            for (long number : loaded.rubbish()) {
                files.remove(number);
            }
            return new OverlaySnapshotter(files, loaded);
        } catch (IOException e) {
            throw ImageException.of("cannot open the snapshots in " + directory, e);
        }
    }

    @Override
    public boolean has(ChainId chain) {
        ChainId at = chain;
        while (!at.equals(ChainId.EMPTY)) {
            Layer layer = layers.get(at);
            if (layer == null) {
                return false;
            }
            at = layer.record.parent();
        }
        return true;
    }

    @Override
    public Extraction extract(ChainId chain, ChainId parent) throws ImageException {
        long number = numbers.incrementAndGet();
        try {
            files.makeLayer(number);
            return new Unpacking(number, new Committed(chain, parent));
        } catch (IOException e) {
            throw ImageException.of("cannot make a directory for layer " + chain, e);
        }
    }

    @Override
    public void commit(List<? extends Extraction> extractions) throws ImageException {
        List<Unpacking> ours = extractions.stream().map(Unpacking.class::cast).toList();
        if (ours.isEmpty()) {
            return;
        }
        try {
            for (Unpacking unpacking : ours) {
                Files.write(unpacking.record(DurableFile.TEMPORARY), unpacking.record.toJson());
            }
            files.sync();
            publish(ours);
            files.sync();
        } catch (IOException e) {
            throw ImageException.of("cannot commit snapshots", e);
        }
    }

    private synchronized void publish(List<Unpacking> extractions) throws IOException {
        for (Unpacking unpacking : extractions) {
            ChainId chain = unpacking.record.chain();
            if (!layers.containsKey(chain)) {
                if (!has(unpacking.record.parent())) {
                    throw new ImageException(Kind.FAILED_PRECONDITION,
                            "snapshot " + unpacking.record.parent() + " was removed while layers were unpacked on it");
                }
                Files.move(unpacking.record(DurableFile.TEMPORARY), unpacking.record(""), StandardCopyOption.ATOMIC_MOVE);
                layers.put(chain, new Layer(unpacking.number, unpacking.record));
                unpacking.committed = true;
            }
        }
    }

    @Override
    public List<ChainId> ancestry(ChainId chain) throws ImageException {
        List<ChainId> out = new ArrayList<>();
        for (ChainId at = chain; !at.equals(ChainId.EMPTY); at = layer(at).record.parent()) {
            out.add(at);
        }
        return out;
    }

    private Layer layer(ChainId chain) throws ImageException {
        Layer layer = layers.get(chain);
        if (layer == null) {
            throw new ImageException(Kind.NOT_FOUND, "snapshot " + chain + " is not on this node: pull the image again");
        }
        return layer;
    }

    @Override
    public synchronized void prepare(String key, ChainId chain) throws ImageException {
        Writable present = writables.get(key);
        if (present != null) {
            if (!present.record.parent().equals(chain)) {
                throw new ImageException(Kind.FAILED_PRECONDITION, "snapshot " + key + " stands on another image already: remove it first");
            }
            return;
        }
        List<String> lowers = lowers(chain);
        Writable made = new Writable(numbers.incrementAndGet(), new Active(key, chain));
        try {
            files.makeActive(made.number, files.base().resolve(lowers.getFirst()), made.record.toJson());
        } catch (IOException e) {
            discard(made.number, e);
            throw ImageException.of("cannot make snapshot " + key, e);
        }
        writables.put(key, made);
    }

    private void discard(long number, IOException cause) {
        try {
            files.remove(number);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private List<String> lowers(ChainId chain) throws ImageException {
        List<String> out = new ArrayList<>();
        for (ChainId at : ancestry(chain)) {
            out.add(SnapshotFiles.fs(layer(at).number));
        }
        return out.isEmpty() ? List.of(SnapshotFiles.EMPTY) : out;
    }

    @Override
    public OverlayDirs overlay(String key) throws ImageException {
        Writable writable = writable(key);
        return new OverlayDirs(files.base(), lowers(writable.record.parent()), SnapshotFiles.fs(writable.number),
                SnapshotFiles.work(writable.number));
    }

    private Writable writable(String key) throws ImageException {
        Writable writable = writables.get(key);
        if (writable == null) {
            throw new ImageException(Kind.NOT_FOUND, "snapshot " + key + " is not on this node");
        }
        return writable;
    }

    @Override
    public OverlayDirs view(ChainId chain) throws ImageException {
        return new OverlayDirs(files.base(), lowers(chain), "", "");
    }

    @Override
    public void remove(String key) throws ImageException {
        Writable writable = writables.get(key);
        if (writable != null) {
            removeFiles(writable.number, key);
            writables.remove(key, writable);
        }
    }

    @Override
    public void removeCommitted(ChainId chain) throws ImageException {
        Layer layer = forget(chain);
        if (layer != null) {
            removeFiles(layer.number, chain.toString());
        }
    }

    private synchronized @Nullable Layer forget(ChainId chain) throws ImageException {
        boolean used = layers.values().stream().anyMatch(layer -> layer.record.parent().equals(chain))
                || writables.values().stream().anyMatch(writable -> writable.record.parent().equals(chain));
        if (used) {
            throw new ImageException(Kind.FAILED_PRECONDITION, "snapshot " + chain + " is in use");
        }
        usages.remove(chain);
        return layers.remove(chain);
    }

    private void removeFiles(long number, String what) throws ImageException {
        try {
            files.remove(number);
        } catch (IOException e) {
            throw ImageException.of("cannot remove snapshot " + what, e);
        }
    }

    @Override
    public Usage usage(String key) throws ImageException {
        return measure(writable(key).number, key);
    }

    @Override
    public Usage usage(ChainId chain) throws ImageException {
        Usage known = usages.get(chain);
        if (known != null) {
            return known;
        }
        Usage usage = measure(layer(chain).number, chain.toString());
        usages.put(chain, usage);
        return usage;
    }

    private Usage measure(long number, String what) throws ImageException {
        try {
            return DiskUsage.of(files.fsPath(number));
        } catch (IOException e) {
            if (e instanceof ErrnoException gone && gone.errno() == Errno.ENOENT) {
                throw new ImageException(Kind.NOT_FOUND, "snapshot " + what + " is being removed", e);
            }
            throw ImageException.of("cannot measure snapshot " + what, e);
        }
    }

    @Override
    public Set<String> keys() {
        return Set.copyOf(writables.keySet());
    }

    @Override
    public Set<ChainId> committed() {
        return Set.copyOf(layers.keySet());
    }

    @Override
    public Path directory() {
        return files.base();
    }

    private final class Unpacking implements Extraction {
        private final long number;
        private final Committed record;
        private volatile boolean committed;

        Unpacking(long number, Committed record) {
            this.number = number;
            this.record = record;
        }

        Path record(String suffix) {
            return files.directory(number).resolve(Committed.FILE + suffix);
        }

        @Override
        public Path directory() {
            return files.fsPath(number);
        }

        @Override
        public void close() throws ImageException {
            if (!committed) {
                removeFiles(number, record.chain().toString());
            }
        }
    }
}

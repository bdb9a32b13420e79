package io.windlass.cri.fake;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.OverlayDirs;
import io.windlass.snapshotter.snapshot.Snapshotter;
import io.windlass.snapshotter.snapshot.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** Snapshots of one image, whose only layer is the directory {@code layer}. */
public final class FakeSnapshots implements Snapshotter {
    public final Set<String> prepared = new ConcurrentSkipListSet<>();
    /** Keys whose files were walked through, in order. */
    public final List<String> measured = new CopyOnWriteArrayList<>();
    private final Path base;

    public FakeSnapshots(Path base) {
        this.base = base;
    }

    @Override
    public boolean has(ChainId chain) {
        return true;
    }

    @Override
    public void prepare(String key, ChainId chain) {
        prepared.add(key);
    }

    @Override
    public OverlayDirs overlay(String key) {
        return new OverlayDirs(base, List.of("layer"), key + "/fs", key + "/work");
    }

    @Override
    public OverlayDirs view(ChainId chain) {
        return new OverlayDirs(base, List.of("layer"), "", "");
    }

    @Override
    public void remove(String key) {
        prepared.remove(key);
    }

    @Override
    public Usage usage(String key) {
        measured.add(key);
        return new Usage(4096, 1);
    }

    @Override
    public Set<String> keys() {
        return Set.copyOf(prepared);
    }

    @Override
    public Path directory() {
        return base;
    }

    @Override
    public Extraction extract(ChainId chain, ChainId parent) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void commit(List<? extends Extraction> extractions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ChainId> ancestry(ChainId chain) {
        return List.of(chain);
    }

    @Override
    public void removeCommitted(ChainId chain) throws ImageException {
        throw new UnsupportedOperationException();
    }

    @Override
    public Usage usage(ChainId chain) {
        return Usage.NONE;
    }

    @Override
    public Set<ChainId> committed() {
        return Set.of();
    }
}

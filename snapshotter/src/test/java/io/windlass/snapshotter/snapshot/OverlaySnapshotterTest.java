package io.windlass.snapshotter.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OverlaySnapshotterTest extends SnapshotterContract {
    @Override
    Snapshotter open(Path directory) throws IOException {
        return OverlaySnapshotter.open(directory.resolve("snapshots"));
    }

    @Test
    void aBrokenRecordSetsOneSnapshotAside() throws IOException {
        commitBoth();
        OverlayDirs dirs = snapshots.view(HIGH);
        Files.writeString(dirs.base().resolve(dirs.lowers().getFirst()).resolveSibling("committed.json"), "{");
        snapshots = open(directory);
        assertThat(snapshots.has(HIGH)).isFalse();
        assertThat(snapshots.has(LOW)).isTrue();
        assertThat(dirs.base().resolve(dirs.lowers().getFirst())).exists();
        commitBoth();
        assertThat(snapshots.has(HIGH)).isTrue();
    }
}

package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.oci.ImageException.Kind;
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

    @Test
    void whatIsBeingRemovedIsNotMeasured() throws IOException {
        commitBoth();
        snapshots.prepare("c", HIGH);
        OverlayDirs dirs = snapshots.overlay("c");
        Files.delete(dirs.base().resolve(dirs.upper()));
        assertKind(Kind.NOT_FOUND, () -> snapshots.usage("c"));
        assertThat(snapshots.usage(HIGH).inodes()).isPositive();
        snapshots.remove("c");
        assertThat(snapshots.keys()).isEmpty();
    }
}

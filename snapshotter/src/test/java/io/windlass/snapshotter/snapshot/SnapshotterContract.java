package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.snapshot.Snapshotter.Extraction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every snapshotter must do. */
abstract class SnapshotterContract {
    static final ChainId LOW = new ChainId(Digest.sha256(new byte[]{1}));
    static final ChainId HIGH = LOW.push(Digest.sha256(new byte[]{2}));

    @TempDir
    Path directory;
    @SuppressWarnings("NullAway.Init")
    Snapshotter snapshots;

    /** Opens the snapshots in {@code directory}, as after a restart. */
    abstract Snapshotter open(Path directory) throws IOException;

    @BeforeEach
    void openFirst() throws IOException {
        snapshots = open(directory);
    }

    void commitBoth() throws IOException {
        try (Extraction low = snapshots.extract(LOW, ChainId.EMPTY); Extraction high = snapshots.extract(HIGH, LOW)) {
            Files.writeString(low.directory().resolve("low"), "1");
            Files.writeString(high.directory().resolve("high"), "2");
            snapshots.commit(List.of(low, high));
        }
    }

    static void assertKind(Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void whatIsCommittedIsThereAfterARestart() throws IOException {
        commitBoth();
        snapshots = open(directory);
        assertThat(snapshots.has(HIGH)).isTrue();
        assertThat(snapshots.ancestry(HIGH)).containsExactly(HIGH, LOW);
        OverlayDirs dirs = snapshots.view(HIGH);
        assertThat(dirs.upper()).isEmpty();
        assertThat(dirs.base().resolve(dirs.lowers().getFirst()).resolve("high")).hasContent("2");
        assertThat(dirs.base().resolve(dirs.lowers().getLast()).resolve("low")).hasContent("1");
    }

    @Test
    void whatIsNotCommittedIsGone() throws IOException {
        Path abandoned;
        try (Extraction closed = snapshots.extract(LOW, ChainId.EMPTY)) {
            abandoned = closed.directory();
        }
        assertThat(abandoned).doesNotExist();
        Path lost = snapshots.extract(LOW, ChainId.EMPTY).directory();
        snapshots = open(directory);
        assertThat(lost).doesNotExist();
        assertThat(snapshots.has(LOW)).isFalse();
        assertKind(Kind.NOT_FOUND, () -> snapshots.prepare("c", LOW));
    }

    @Test
    void anActiveSnapshotIsWritableAndRepeatable() throws IOException {
        commitBoth();
        snapshots.prepare("c", HIGH);
        OverlayDirs dirs = snapshots.overlay("c");
        snapshots.prepare("c", HIGH);
        assertThat(snapshots.overlay("c")).isEqualTo(dirs);
        assertKind(Kind.FAILED_PRECONDITION, () -> snapshots.prepare("c", LOW));
        Files.writeString(dirs.base().resolve(dirs.upper()).resolve("f"), "x".repeat(5000));
        assertThat(snapshots.usage("c").inodes()).isEqualTo(2);
        assertThat(snapshots.usage("c").bytes()).isGreaterThanOrEqualTo(5000);
        snapshots = open(directory);
        assertThat(snapshots.keys()).containsExactly("c");
        snapshots.remove("c");
        snapshots.remove("c");
        assertThat(dirs.base().resolve(dirs.upper())).doesNotExist();
        assertKind(Kind.NOT_FOUND, () -> snapshots.overlay("c"));
    }

    @Test
    void whatIsStoodOnStays() throws IOException {
        commitBoth();
        snapshots.prepare("c", HIGH);
        assertKind(Kind.FAILED_PRECONDITION, () -> snapshots.removeCommitted(LOW));
        assertKind(Kind.FAILED_PRECONDITION, () -> snapshots.removeCommitted(HIGH));
        snapshots.remove("c");
        snapshots.removeCommitted(HIGH);
        snapshots.removeCommitted(LOW);
        assertThat(snapshots.committed()).isEmpty();
    }

    @Test
    void anImageWithoutLayersHasAnEmptyLower() throws IOException {
        snapshots.prepare("c", ChainId.EMPTY);
        OverlayDirs dirs = snapshots.overlay("c");
        assertThat(dirs.lowers()).hasSize(1);
        assertThat(dirs.base().resolve(dirs.lowers().getFirst())).isEmptyDirectory();
    }
}

package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    /** Returns a writable snapshot whose record is empty, as a power cut leaves it. Nothing else on this machine has its number. */
    private OverlayDirs emptied() throws IOException {
        Files.createDirectory(snapshots.directory().resolve(Long.toString(ProcessHandle.current().pid() * 1_000_000)));
        snapshots = open(directory);
        snapshots.prepare("c", ChainId.EMPTY);
        OverlayDirs dirs = snapshots.overlay("c");
        Files.write(dirs.base().resolve(dirs.upper()).resolveSibling("active.json"), new byte[0]);
        return dirs;
    }

    /** Opens the snapshots while a process has an overlay mounted whose directories are named as these, after {@code prefix}. */
    private void openWhileMounted(String prefix, OverlayDirs dirs) throws IOException, InterruptedException {
        String options = "lowerdir=empty,upperdir=" + prefix + dirs.upper() + ",workdir=" + prefix + dirs.work();
        Process process = new ProcessBuilder("unshare", "--mount", "sh", "-c",
                "mount -t overlay overlay empty -o " + options + " && echo mounted && read end")
                .directory(dirs.base().toFile()).redirectErrorStream(true).start();
        try {
            assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("mounted");
            snapshots = open(directory);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void anEmptyRecordThatNobodyHasMountedIsRubbish() throws IOException {
        OverlayDirs dirs = emptied();
        snapshots = open(directory);
        assertThat(snapshots.keys()).isEmpty();
        assertThat(dirs.base().resolve(dirs.upper())).doesNotExist();
    }

    @Test
    void anEmptyRecordThatAnotherRuntimeHasMountedIsRubbish() throws Exception {
        OverlayDirs dirs = emptied();
        Path other = directory.resolve("other");
        Files.createDirectories(other.resolve(dirs.upper()));
        Files.createDirectories(other.resolve(dirs.work()));
        openWhileMounted(other + "/", dirs);
        assertThat(dirs.base().resolve(dirs.upper())).doesNotExist();
    }

    @Test
    void anEmptyRecordThatIsMountedIsSetAside() throws Exception {
        OverlayDirs dirs = emptied();
        Path upper = dirs.base().resolve(dirs.upper());
        openWhileMounted("", dirs);
        assertThat(snapshots.keys()).isEmpty();
        assertThat(upper).isDirectory();
        assertThat(upper.resolveSibling("active.json.broken")).isEmptyFile();
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

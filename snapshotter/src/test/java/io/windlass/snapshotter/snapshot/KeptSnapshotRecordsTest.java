package io.windlass.snapshotter.snapshot;

import io.windlass.shim.linux.RecordSeal;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Records as each version wrote them. A version's samples are never changed. */
class KeptSnapshotRecordsTest {
    private static final ChainId CHAIN = chain("2b".repeat(32));

    private static ChainId chain(String hex) {
        return new ChainId(new Digest(Digest.Algorithm.SHA256, hex));
    }

    private static byte[] sample(int version, String name) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources/records/v" + version, name));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void areRead(int version) throws IOException {
        assertThat(SnapshotRecord.Committed.parse(sample(version, "committed.json")))
                .isEqualTo(new SnapshotRecord.Committed(CHAIN, chain("0".repeat(64))));
        assertThat(SnapshotRecord.Active.parse(sample(version, "active.json")))
                .isEqualTo(new SnapshotRecord.Active("c1".repeat(32), CHAIN));
    }

    @Test
    void ofALaterVersionAreNotGuessedAt() throws IOException {
        byte[] later = RecordSeal.seal(new String(sample(1, "active.json"), StandardCharsets.UTF_8)
                .replace("\"version\":1", "\"version\":3").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> SnapshotRecord.Active.parse(later)).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.FAILED_PRECONDITION));
    }

    @Test
    void showADigitThatChanged() throws IOException {
        byte[] changed = sample(2, "active.json");
        changed[new String(changed, StandardCharsets.UTF_8).indexOf("c1c1")] = 'd';
        assertThatThrownBy(() -> SnapshotRecord.Active.parse(changed)).hasMessageContaining("checksum");
    }
}

package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Records as each version wrote them. A version's samples are never changed. */
class KeptImageRecordsTest {
    private static final Digest ID = digest("1a");
    private static final Digest MANIFEST = digest("3c");

    private static Digest digest(String octet) {
        return new Digest(Digest.Algorithm.SHA256, octet.repeat(32));
    }

    private static Path sample(int version) {
        return Path.of("src/test/resources/records/v" + version, ID.hex() + ".json");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void areRead(int version) throws Exception {
        Reference tag = Reference.parse("registry.test/a:1");
        ImageRecord record = ImageStore.read(sample(version));
        assertThat(record).isEqualTo(new ImageRecord(ID, Map.of(tag, MANIFEST, tag.at(MANIFEST), MANIFEST), new ChainId(digest("2b")), 1234,
                Set.of(ID, MANIFEST), 1_795_590_000_123L));
    }

    @Test
    void areWrittenAsTheyWere() throws Exception {
        assertThat(ImageStore.read(sample(1)).toJson()).isEqualTo(Files.readAllBytes(sample(2)));
    }

    @Test
    void showADigitThatChanged() throws Exception {
        byte[] changed = Files.readString(sample(2)).replace("1234", "1235").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ImageRecord.parse(changed)).hasMessageContaining("checksum");
    }
}

package io.windlass.cni;

import io.windlass.shim.linux.RecordSeal;
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
class KeptAttachmentsTest {
    private static byte[] sample(int version) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources/records/v" + version + "/attachment.json"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void areRead(int version) throws Exception {
        AttachmentRecord record = AttachmentRecord.parse(sample(version));
        assertThat(record.sandboxId()).isEqualTo("5a".repeat(32));
        assertThat(record.ifName()).isEqualTo("eth0");
        assertThat(record.network().name()).isEqualTo("a");
        assertThat(record.result()).isNotNull();
        assertThat(AttachmentRecord.parse(record.toBytes())).isEqualTo(record);
    }

    @Test
    void showADigitThatChanged() throws Exception {
        String good = new String(sample(2), StandardCharsets.UTF_8);
        byte[] changed = good.replace("10.1.2.3", "10.1.2.4").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> AttachmentRecord.parse(changed)).isInstanceOf(ConfigException.class).hasMessageContaining("checksum");
        String three = good.replace("\"version\":2", "\"version\":3");
        assertThatThrownBy(() -> AttachmentRecord.parse(three.getBytes(StandardCharsets.UTF_8))).isExactlyInstanceOf(ConfigException.class)
                .hasMessageContaining("checksum");
        byte[] later = RecordSeal.seal((three.substring(0, three.lastIndexOf(",\"crc32c\"")) + "}").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> AttachmentRecord.parse(later)).isInstanceOf(LaterRecordException.class)
                .hasMessageContaining("later windlass");
    }
}

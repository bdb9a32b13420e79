package io.windlass.cri.store;

import io.windlass.cri.store.RecordDirectory.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RecordDirectoryTest {
    @TempDir
    private Path directory;

    private RecordDirectory records;
    private final ObjectId id = ObjectId.random();

    @BeforeEach
    void open() throws IOException {
        records = RecordDirectory.open(directory.resolve("records"));
    }

    @Test
    void readsWhatWasPublishedLast() throws IOException {
        for (var durability : Durability.values()) {
            records.publish(id, Json.object(json -> json.writeStringProperty("name", durability.name())), durability);
            assertThat(records.load(json -> Json.text(json, "name"))).containsExactly(durability.name());
        }
        records.delete(id);
        records.delete(id);
        assertThat(records.load(json -> Json.text(json, "name"))).isEmpty();
    }

    @Test
    void setsAsideWhatDoesNotParseAndGoesOn() throws IOException {
        var broken = ObjectId.random();
        records.publish(id, Json.object(json -> json.writeStringProperty("name", "good")), Durability.PROCESS);
        records.publish(broken, "{\"name\":".getBytes(StandardCharsets.US_ASCII), Durability.PROCESS);
        assertThat(records.load(json -> Json.text(json, "name"))).containsExactly("good");
        assertThat(directory.resolve("records").resolve(broken + ".json.corrupt")).exists();
        assertThat(directory.resolve("records").resolve(broken + ".json")).doesNotExist();
    }

    @Test
    void forgetsAnInterruptedWrite() throws IOException {
        var leftover = directory.resolve("records").resolve(id + ".json.tmp");
        Files.writeString(leftover, "{");
        assertThat(records.load(json -> json)).isEmpty();
        assertThat(leftover).doesNotExist();
    }
}

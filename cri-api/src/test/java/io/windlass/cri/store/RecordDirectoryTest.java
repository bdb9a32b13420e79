package io.windlass.cri.store;

import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RecordDirectoryTest {
    private static final int VERSION = 2;

    /** What a disk does to a file. */
    enum Damage {
        EMPTY, TRUNCATED, ZEROED, ONE_BIT, ANOTHER_RECORD;

        byte[] of(byte[] good) {
            byte[] bad = good.clone();
            return switch (this) {
                case EMPTY -> new byte[0];
                case TRUNCATED -> Arrays.copyOf(good, good.length / 2);
                case ZEROED -> new byte[good.length];
                case ONE_BIT -> {
                    int digit = new String(good, StandardCharsets.US_ASCII).indexOf("17");
                    bad[digit] ^= 1;
                    yield bad;
                }
                case ANOTHER_RECORD ->
                    new String(good, StandardCharsets.US_ASCII).replaceFirst("\"id\":\"[0-9a-f]{64}", "\"id\":\"" + ObjectId.random())
                            .replaceFirst("\"version\":2", "\"version\":1").getBytes(StandardCharsets.US_ASCII);
            };
        }
    }

    @TempDir
    private Path directory;

    private RecordDirectory records;
    private final ObjectId id = ObjectId.random();

    @BeforeEach
    void open() throws IOException {
        records = RecordDirectory.open(directory);
    }

    private static byte[] record(ObjectId id, String name, int version) {
        return Json.object(json -> {
            json.writeNumberProperty("version", version);
            json.writeStringProperty("id", id.value());
            json.writeNumberProperty("number", 17);
            json.writeStringProperty("name", name);
        });
    }

    private static String parse(JsonNode json) throws Exception {
        Json.requireVersion(json, VERSION);
        return Json.text(json, "name");
    }

    private List<String> load() throws IOException {
        records = RecordDirectory.open(directory);
        return records.load(RecordDirectoryTest::parse);
    }

    private Path file(String suffix) {
        return directory.resolve(id + suffix);
    }

    @Test
    void readsWhatWasPublishedLast() throws IOException {
        for (var durability : List.of(Durability.PROCESS, Durability.POWER, Durability.PROCESS, Durability.PROCESS, Durability.POWER)) {
            records.publish(id, record(id, durability.name(), VERSION), durability);
            assertThat(load()).containsExactly(durability.name());
        }
        assertThat(directory).isDirectoryContaining(path -> path.endsWith(id + ".json"));
        records.delete(id);
        records.delete(id);
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource
    void quarantinesWhatIsDamagedAndGoesOn(Damage damage) throws IOException {
        var good = ObjectId.random();
        records.publish(good, record(good, "good", VERSION), Durability.POWER);
        records.publish(id, record(id, "bad", VERSION), Durability.POWER);
        byte[] damaged = damage.of(Files.readAllBytes(file(".json")));
        Files.write(file(".json"), damaged);
        for (int start = 0; start < 2; start++) {
            assertThat(load()).containsExactly("good");
            assertThat(records.quarantined()).containsExactly(id);
            assertThat(records.corrupt()).containsExactly(id);
            assertThat(file(".json.corrupt")).hasBinaryContent(damaged);
            assertThat(file(".json")).doesNotExist();
        }
    }

    @Test
    void quarantinesNothingForWantOfDescriptors() throws IOException {
        records.publish(id, record(id, "good", VERSION), Durability.POWER);
        assertThatThrownBy(() -> RecordDirectory.open(directory).load(_ -> {
            throw new ErrnoException("openat", Errno.EMFILE);
        })).isInstanceOf(IOException.class).hasMessageContaining("EMFILE");
        assertThat(load()).containsExactly("good");
    }

    @Test
    void passesTheLastThatWasOnDiskNotOverForWantOfDescriptors() throws IOException {
        records.publish(id, record(id, "durable", VERSION), Durability.POWER);
        records.publish(id, record(id, "later", VERSION), Durability.PROCESS);
        Files.write(file(".json"), new byte[0]);
        assertThatThrownBy(() -> RecordDirectory.open(directory).load(_ -> {
            throw new ErrnoException("openat", Errno.EMFILE);
        })).isInstanceOf(IOException.class).hasMessageContaining("EMFILE").hasMessageContaining(".json.durable");
        assertThat(load()).containsExactly("durable");
        assertThat(records.quarantined()).isEmpty();
    }

    /** What a power cut does to a file that was renamed and not forced to disk. */
    @ParameterizedTest
    @EnumSource
    void takesTheLastThatWasOnDiskWhereALaterOneIsDamaged(Damage damage) throws IOException {
        records.publish(id, record(id, "durable", VERSION), Durability.POWER);
        records.publish(id, record(id, "later", VERSION), Durability.PROCESS);
        records.publish(id, record(id, "last", VERSION), Durability.PROCESS);
        Files.write(file(".json"), damage.of(Files.readAllBytes(file(".json"))));
        assertThat(load()).containsExactly("durable");
        assertThat(load()).containsExactly("durable");
        assertThat(records.quarantined()).isEmpty();
        records.delete(id);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void readsARecordOfAnEarlierDaemonWhichHasNoChecksum() throws IOException {
        Files.write(file(".json"), record(id, "first", 1));
        assertThat(load()).containsExactly("first");
    }

    @Test
    void leavesARecordOfALaterDaemonToIt() throws IOException {
        records.publish(id, record(id, "later", VERSION + 1), Durability.POWER);
        assertThat(load()).isEmpty();
        assertThat(records.quarantined()).containsExactly(id);
        assertThat(records.corrupt()).isEmpty();
        assertThat(file(".json")).exists();
    }

    @Test
    void finishesARemovalThatWasCut() throws IOException {
        records.publish(id, record(id, "durable", VERSION), Durability.POWER);
        records.publish(id, record(id, "later", VERSION), Durability.PROCESS);
        Files.delete(directory.resolve(id + ".json"));
        assertThat(load()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void forgetsAnInterruptedWrite() throws IOException {
        Files.writeString(file(".json.tmp"), "{");
        assertThat(load()).isEmpty();
        assertThat(file(".json.tmp")).doesNotExist();
    }
}

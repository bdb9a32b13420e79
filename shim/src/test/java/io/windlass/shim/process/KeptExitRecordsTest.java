package io.windlass.shim.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What shims of each version left, which live on under later daemons. A version's samples are never changed. */
class KeptExitRecordsTest {
    private static final Instant END = Instant.ofEpochSecond(1_795_590_000, 123_456_789);

    @TempDir
    private Path directory;

    private static Path sample(String name) {
        return Path.of("src/test/resources/records", name);
    }

    @ParameterizedTest
    @CsvSource({"v1/exited, 42, 0", "v2/exited, 42, 0", "v2/killed, 137, 9"})
    void tellOfTheEnd(String name, int code, int signal) throws IOException {
        assertThat(ExitRecordFile.exitOf("a", sample(name))).contains(new ExitStatus("a", code, signal, END));
    }

    @ParameterizedTest
    @CsvSource({"v2/begun, true", "v2/called-off, true", "v2/started, false", "v2/exited, false"})
    void tellWhetherTheCommandRan(String name, boolean never) throws IOException {
        Path copy = Files.copy(sample(name), directory.resolve("exit"));
        assertThat(ExitRecordFile.callOff(copy)).isEqualTo(never);
        if (never) {
            assertThat(ExitRecordFile.exitOf("a", copy)).isEmpty();
        }
    }

    @Test
    void areWrittenAsTheyWere() throws IOException {
        Path file = directory.resolve("exit");
        ExitRecordFile.create(file).close();
        assertThat(file).hasSameBinaryContentAs(sample("v2/begun"));
        assertThat(ExitRecordFile.callOff(file)).isTrue();
        assertThat(file).hasSameBinaryContentAs(sample("v2/called-off"));
    }
}

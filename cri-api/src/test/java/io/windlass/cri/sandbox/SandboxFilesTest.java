package io.windlass.cri.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SandboxFilesTest {
    @TempDir
    private Path directory;

    @Test
    void ofTheNodeAreTakenAsTheyAreWhateverTheirEncoding() throws IOException {
        byte[] latin1 = "127.0.0.1 localhost # für alle\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(SandboxFiles.host(Files.write(directory.resolve("hosts"), latin1))).isEqualTo(latin1);
        assertThat(SandboxFiles.host(directory.resolve("none"))).isEmpty();
        assertThat(SandboxFiles.host(directory)).isEmpty();
    }
}

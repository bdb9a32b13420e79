package io.windlass.cni;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PodCidrsTest {
    private static final List<Cidr> BOTH = PodCidrs.parse("10.1.0.0/24,fd00:1::/64");

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("pod-cidrs");
    }

    private List<Cidr> read() throws IOException {
        return new PodCidrs(directory).networks();
    }

    @Test
    void ofAnEarlierDaemonHaveNoChecksum() throws Exception {
        Files.writeString(file(), "10.1.0.0/24,fd00:1::/64");
        assertThat(PodCidrs.damage(directory)).isEmpty();
        assertThat(read()).isEqualTo(BOTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "\0\0\0", "10.1.0.0/2", "10.1.0.0/24\u00ff", "\u00ff\n", "sum", "sum 00000000\n10.1.0.0/24\n"})
    void thatAreDamagedAreSetAsideUntilTheyAreToldAgain(String damaged) throws Exception {
        Files.writeString(file(), damaged, StandardCharsets.ISO_8859_1);
        assertThat(PodCidrs.damage(directory)).isPresent();
        assertThat(file()).exists();
        PodCidrs cidrs = new PodCidrs(directory);
        assertThat(cidrs.networks()).isEmpty();
        assertThat(file()).doesNotExist();
        assertThat(directory.resolve("pod-cidrs.corrupt")).hasBinaryContent(damaged.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(PodCidrs.damage(directory)).isEmpty();
        cidrs.keep(BOTH);
        assertThat(read()).isEqualTo(BOTH);
    }

    @Test
    void thatCouldNotBeWrittenAreWrittenWhenTheyAreToldAgain() throws Exception {
        Path records = directory.resolve("records");
        PodCidrs cidrs = new PodCidrs(records);
        Files.createFile(records); // where the directory would be
        assertThatThrownBy(() -> cidrs.keep(BOTH)).isInstanceOf(IOException.class);
        assertThat(cidrs.networks()).isEmpty();
        Files.delete(records);
        cidrs.keep(BOTH);
        assertThat(new PodCidrs(records).networks()).isEqualTo(BOTH);
    }

    @Test
    void areNoOthersWhereverTheFileIsCutOrABitOfItIsAnother() throws Exception {
        new PodCidrs(directory).keep(BOTH);
        byte[] good = Files.readAllBytes(file());
        for (int length = 0; length < good.length; length++) {
            Files.write(file(), Arrays.copyOf(good, length));
            assertThat(read()).as("the first %d bytes", length).isEmpty();
        }
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file(), bad);
            assertThat(read()).as("bit %d", bit).isEmpty();
        }
    }
}

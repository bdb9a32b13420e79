package io.windlass.cni.bridge;

import io.windlass.cni.Attachment;
import io.windlass.cni.Cidr;
import io.windlass.cni.PortMapping;
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
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LeasesTest {
    private static final Attachment A = Attachment.of("a", "n", "p", "u")
            .withPortMappings(List.of(new PortMapping(PortMapping.Protocol.TCP, 80, 8080, "127.0.0.1")));
    private static final Attachment B = Attachment.of("b", "n", "p", "u");

    @TempDir
    private Path directory;

    private Leases leases;

    @BeforeEach
    void reopen() throws IOException {
        leases = new Leases(directory.resolve("leases/wl0"), List.of(Cidr.parse("10.1.0.0/29")));
    }

    private static String address(Lease lease) {
        return lease.addresses().getFirst().address().getHostAddress();
    }

    @Test
    void areThereForTheNextDaemon() throws Exception {
        Lease lease = leases.take(A);
        reopen();
        assertThat(leases.list()).containsExactly(lease);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sum de6bb639\n"})
    void ofEarlierDaemonsHaveNoChecksumOrHaveItAtTheirEnd(String end) throws Exception {
        Files.writeString(directory.resolve("leases/wl0/10.1.0.3"), "a\neth0\n29\ntcp 80 8080 127.0.0.1\n" + end);
        reopen();
        assertThat(leases.list()).singleElement().satisfies(lease -> assertThat(lease.portMappings()).isEqualTo(A.portMappings()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\0\0\0", "b\neth0\n29\ntcp 80 8080 127.0.0.1\nsum 00000000\n", "a\neth0\n29\ntcp 80 x\n", "\u00ff\n",
            "a\neth0\n2"})
    void thatAreDamagedAreMadeAnewForThoseWhoLive(String damaged) throws Exception {
        Lease lease = leases.take(A);
        Path file = directory.resolve("leases/wl0/" + address(lease));
        Files.writeString(file, damaged, StandardCharsets.ISO_8859_1);
        assertThat(LeaseAudit.read(directory)).singleElement().satisfies(found -> {
            assertThat(found.file()).isEqualTo(file);
            assertThat(found.damage()).isNotEmpty();
        });
        reopen();
        assertThat(leases.list()).isEmpty();
        leases.restore(A, List.of(address(lease), "192.0.2.1"));
        leases.restore(A, List.of(address(lease)));
        assertThat(leases.list()).containsExactly(lease);
        assertThat(leases.take(B).addresses()).isNotEqualTo(lease.addresses());
        reopen();
        assertThat(leases.find("a", "eth0")).contains(lease);
        leases.release(lease);
        assertThat(file).doesNotExist();
    }

    @Test
    void areDamagedWhereverTheFileIsCutOrItsStartIsZerosOrABitOfItIsAnother() throws Exception {
        Path file = directory.resolve("leases/wl0/" + address(leases.take(A)));
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length++) {
            assertDamaged(file, Arrays.copyOf(good, length), "the first bytes", length);
            byte[] bad = good.clone();
            Arrays.fill(bad, 0, length + 1, (byte) 0);
            assertDamaged(file, bad, "zeros up to byte", length);
        }
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            assertDamaged(file, bad, "bit", bit);
        }
    }

    private void assertDamaged(Path file, byte[] content, String what, int number) throws IOException {
        Files.write(file, content);
        assertThat(LeaseAudit.read(directory)).as("%s %d", what, number).hasSize(1).noneMatch(found -> found.damage().isEmpty());
    }

    @Test
    void areNamedWithWhoHasThem() throws Exception {
        leases.take(A);
        assertThat(LeaseAudit.read(directory)).singleElement().satisfies(found -> {
            assertThat(found.sandboxId()).isEqualTo("a");
            assertThat(found.damage()).isEmpty();
        });
        assertThat(LeaseAudit.read(directory.resolve("none"))).isEmpty();
    }

    @Test
    void nameTheNetworksThatTheyNeed() throws Exception {
        assertThat(LeaseAudit.networks(directory, "wl0")).isEmpty();
        leases.take(A);
        leases.use(List.of(Cidr.parse("10.2.0.0/24"), Cidr.parse("fd00:2::/64")));
        leases.take(B);
        Files.writeString(directory.resolve("leases/wl0/10.0.0.1"), "damaged");
        assertThat(LeaseAudit.networks(directory, "wl0")).containsExactlyInAnyOrder(Cidr.parse("10.1.0.0/29"), Cidr.parse("fd00:2::/64"));
        assertThat(LeaseAudit.networks(directory, "wl1")).isEmpty();
    }

    @Test
    void keepTheirHostPortsUntilTheyLeave() throws Exception {
        Lease lease = leases.take(A);
        assertThat(leases.staying()).containsExactly(lease);
        leases.leave(lease);
        assertThat(leases.staying()).isEmpty();
        assertThat(leases.list()).containsExactly(lease);
        leases.release(lease);
        Lease later = leases.take(A);
        assertThat(leases.staying()).containsExactly(later);
    }

    @Test
    void areNotMadeForAddressesOfOthers() throws Exception {
        leases.restore(A, List.of("192.0.2.1"));
        leases.restore(A, List.of());
        assertThat(leases.list()).isEmpty();
    }
}

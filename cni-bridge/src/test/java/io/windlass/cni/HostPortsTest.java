package io.windlass.cni;

import io.windlass.cni.NetworkException.Kind;
import io.windlass.cni.PortMapping.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HostPortsTest {
    private final HostPorts ports = new HostPorts();

    private static Attachment pod(String name, PortMapping... mappings) {
        return Attachment.of(name, "ns", name, "uid").withPortMappings(List.of(mappings));
    }

    private static PortMapping on(String hostIp) {
        return new PortMapping(Protocol.TCP, 80, 8080, hostIp);
    }

    @ParameterizedTest
    @CsvSource({"'', '', true", "'', 127.0.0.1, true", "'', ::1, true", "0.0.0.0, 127.0.0.1, true", "0.0.0.0, ::, false",
            "::, fd00::1, true", "127.0.0.1, 127.0.0.1, true", "127.0.0.1, 127.0.0.2, false", "127.0.0.1, ::1, false"})
    void onePortIsForOneSandbox(String first, String second, boolean refused) throws Exception {
        ports.claim(pod("a", on(first)));
        NetworkException e = catchThrowableOfType(NetworkException.class, () -> ports.claim(pod("b", on(second))));
        assertThat(e != null).isEqualTo(refused);
        if (e != null) {
            assertThat(e.kind()).isEqualTo(Kind.IN_USE);
            assertThat(e).hasMessageContaining("sandbox b: host port 8080/tcp").hasMessageContaining("in use by sandbox a");
        }
        ports.release(pod("a", on(first)));
        ports.claim(pod("b", on(second)));
    }

    @Test
    void protocolsAndNumbersAreApart() throws Exception {
        ports.claim(pod("a", on("")));
        ports.claim(pod("b", new PortMapping(Protocol.UDP, 80, 8080, ""), new PortMapping(Protocol.TCP, 80, 8081, "")));
    }

    @Test
    void refusedSandboxHasNoneOfItsPorts() throws Exception {
        ports.claim(pod("a", on("")));
        PortMapping free = new PortMapping(Protocol.TCP, 80, 9090, "");
        assertThat(catchThrowableOfType(NetworkException.class, () -> ports.claim(pod("b", free, on(""))))).isNotNull();
        ports.claim(pod("c", free));
    }

    @Test
    void sandboxMayClaimAgainButNotTwiceAtOnce() throws Exception {
        ports.claim(pod("a", on("")));
        ports.claim(pod("a", on("")));
        NetworkException e = catchThrowableOfType(NetworkException.class,
                () -> ports.claim(pod("b", new PortMapping(Protocol.TCP, 80, 1, ""), new PortMapping(Protocol.TCP, 81, 1, "127.0.0.1"))));
        assertThat(e.kind()).isEqualTo(Kind.INVALID);
        assertThat(e).hasMessageContaining("is mapped twice");
        ports.restore(pod("c", on(""))); // what an earlier daemon did is so
    }
}

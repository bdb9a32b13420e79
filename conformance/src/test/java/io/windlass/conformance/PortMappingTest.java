package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Loopback;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PortMapping;
import io.windlass.cri.v1.Protocol;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.RawSctp;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/** Ports of the host that lead to pods, whatever network they are on. */
@OnNode
class PortMappingTest {
    private static final Duration AT_MOST = Duration.ofSeconds(10);
    private static final String LOOPBACK = "127.0.0.1";
    /** Says "hello" to every connection. */
    private static final String SERVER = "while true; do echo hello | nc -l -p 80 >/dev/null; done";

    private static Pod pod(Node node, PortMapping... mappings) throws IOException {
        return Pod.run(node, config -> {
            for (PortMapping mapping : mappings) {
                config.addPortMappings(mapping);
            }
        });
    }

    private static PortMapping tcp(int hostPort, Consumer<PortMapping.Builder> change) {
        PortMapping.Builder mapping = PortMapping.newBuilder().setContainerPort(80).setHostPort(hostPort);
        change.accept(mapping);
        return mapping.build();
    }

    private static PortMapping tcp(int hostPort) {
        return tcp(hostPort, mapping -> {
        });
    }

    @Test
    void tcpReachesThePodByEveryAddressOfTheHost(Node node) throws Exception {
        int port = Loopback.freePort();
        try (Pod pod = pod(node, tcp(port)); Pod other = Pod.run(node)) {
            PodContainer server = pod.script(SERVER);
            assertThat(hello(LOOPBACK, port)).isTrue();
            assertThat(hello(bridge(node), port)).isTrue();
            String ask = "nc -w 5 " + bridge(node) + " " + port + " </dev/null";
            assertThat(other.script(ask).output()).isEqualTo("hello\n");
            assertThat(server.sh(ask)).isEqualTo("hello\n"); // hairpin
        }
        assertThat(opens(LOOPBACK, port)).isFalse();
    }

    @Test
    void udpReachesThePodAndIsAnswered(Node node) throws Exception {
        int port = Loopback.freePort();
        try (Pod pod = pod(node, tcp(port, mapping -> mapping.setContainerPort(53).setProtocol(Protocol.UDP)))) {
            PodContainer container = pod.script("sleep 1000");
            for (String address : List.of(bridge(node), LOOPBACK)) {
                int before = withoutAPort(container);
                assertThat(refuses(address, port)).isTrue();
                assertThat(withoutAPort(container)).isGreaterThan(before);
            }
        }
    }

    /** No server of SCTP is in the image, and no socket of it in many a kernel: that the packet comes, and for the pod's port, will do. */
    @Test
    void sctpReachesThePod(Node node) throws Exception {
        int port = Loopback.freePort();
        try (Pod pod = pod(node, tcp(port, mapping -> mapping.setContainerPort(3868).setProtocol(Protocol.SCTP)))) {
            PodContainer container = pod.script("sleep 1000");
            Path network = Path.of("/proc", InspectTest.container(node, container).path("pid").asString(), "ns/net");
            try (RawSctp receiver = inside(network); RawSctp sender = new RawSctp()) {
                sender.sendInit(InetAddress.getByName(bridge(node)), port);
                assertThat(receiver.receivePort()).isEqualTo(3868);
            }
        }
    }

    private static RawSctp inside(Path network) throws IOException {
        try (Fd namespace = Namespace.NET.open(network)) {
            return NamespaceThread.<RawSctp, IOException>call(() -> {
                Namespace.NET.setns(namespace);
                return new RawSctp();
            });
        }
    }

    /** How many datagrams came to the pod for ports that nobody listens on: there is no server of UDP in the image, and the kernel's answer will do. */
    private static int withoutAPort(PodContainer container) {
        return Integer.parseInt(container.sh("awk '/^Udp:/ {n = $3} END {print n}' /proc/net/snmp").strip());
    }

    @Test
    void protocolsHaveTheirOwnPorts(Node node) throws Exception {
        int port = Loopback.freePort();
        try (Pod tcp = pod(node, tcp(port));
                Pod udp = pod(node, tcp(port, m -> m.setProtocol(Protocol.UDP)));
                Pod sctp = pod(node, tcp(port, m -> m.setProtocol(Protocol.SCTP)))) {
            tcp.script(SERVER);
            assertThat(hello(LOOPBACK, port)).isTrue();
            assertThat(sctp.ip()).isNotEqualTo(udp.ip());
        }
    }

    @Test
    void aPortOfOneAddressIsOpenThereOnly(Node node) throws Exception {
        int port = Loopback.freePort();
        try (Pod pod = pod(node, tcp(port, mapping -> mapping.setHostIp(LOOPBACK)))) {
            pod.script(SERVER);
            assertThat(hello(LOOPBACK, port)).isTrue();
            assertThat(opens(bridge(node), port)).isFalse();
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "lets the second pod run without its port")
    void aPortIsForOnePod(Node node) throws Exception {
        int port = Loopback.freePort();
        Pod first = pod(node, tcp(port));
        try (first) {
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION, () -> pod(node, tcp(port, m -> m.setHostIp(LOOPBACK))).close());
            assertThat(failure.message()).contains("host port " + port + "/tcp", "in use by sandbox " + first.id());
            first.stop();
            try (Pod second = pod(node, tcp(port))) {
                second.script(SERVER);
                assertThat(hello(LOOPBACK, port)).isTrue();
            }
        }
    }

    @Test
    void onTheNetworkOfTheHostMappingsMeanNothing(Node node) throws Exception {
        int port = Loopback.freePort();
        Consumer<io.windlass.cri.v1.PodSandboxConfig.Builder> hostNetwork = config -> {
            config.setHostname("").addPortMappings(tcp(port)); // as a kubelet does: the host's name stays
            config.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setNetwork(NamespaceMode.NODE);
        };
        try (Pod pod = Pod.run(node, hostNetwork); Pod second = Pod.run(node, hostNetwork)) {
            assertThat(opens(LOOPBACK, port)).isFalse();
            assertThat(pod.ip()).isEqualTo(second.ip());
        }
    }

    @Test
    void aPodMayDeclareAPortOnly(Node node) throws Exception {
        try (Pod pod = pod(node, tcp(0)); Pod other = pod(node, tcp(0))) {
            pod.script(SERVER);
            assertThat(hello(pod.ip(), 80)).isTrue();
            assertThat(other.ip()).isNotEqualTo(pod.ip());
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "a runtime that somebody else started is not ours to kill")
    void portsOutliveTheDaemonAndEndWithTheirPods() throws Exception {
        try (Node node = Node.open(NodeOptions.fromProperties())) {
            Pod.run(node).close();
            KernelState before = node.state();
            int port = Loopback.freePort();
            try (Pod pod = pod(node, tcp(port))) {
                pod.script(SERVER);
                node.killDaemon();
                assertThat(hello(LOOPBACK, port)).isTrue();
                node.startDaemon();
                assertThat(hello(LOOPBACK, port)).isTrue();
                if (!node.runtime().name().equals("containerd")) {
                    Failure.of(node, Code.FAILED_PRECONDITION, () -> pod(node, tcp(port)).close());
                }
            }
            assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON)).isEmpty();
            assertThat(opens(LOOPBACK, port)).isFalse();
        }
    }

    private static String bridge(Node node) throws IOException {
        return NetworkInterface.getByName(node.subnet().bridge()).inetAddresses().filter(a -> a instanceof Inet4Address).findFirst()
                .orElseThrow().getHostAddress();
    }

    /** Waits until the server says hello. */
    private static boolean hello(String address, int port) {
        return Wait.until("hello from " + address + ":" + port, AT_MOST, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), 2000);
                socket.setSoTimeout(2000);
                String text = new String(socket.getInputStream().readNBytes(6), StandardCharsets.UTF_8);
                return text.equals("hello\n") ? Optional.of(true) : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    private static boolean opens(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1000);
            return true;
        } catch (java.net.ConnectException | SocketTimeoutException e) {
            return false;
        }
    }

    /** Sends a datagram and waits for the word that nobody takes it. */
    private static boolean refuses(String address, int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(InetAddress.getByName(address), port);
            socket.setSoTimeout(300);
            return Wait.until("an answer from " + address + ":" + port, AT_MOST, () -> {
                try {
                    socket.send(new DatagramPacket(new byte[1], 1));
                    socket.receive(new DatagramPacket(new byte[1], 1));
                    return Optional.empty();
                } catch (PortUnreachableException e) {
                    return Optional.of(true);
                } catch (SocketTimeoutException e) {
                    return Optional.empty();
                }
            });
        }
    }
}

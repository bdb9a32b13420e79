package io.windlass.cni.bridge;

import io.windlass.cni.Attachment;
import io.windlass.cni.Cidr;
import io.windlass.cni.Netns;
import io.windlass.cni.PortMapping;
import io.windlass.cni.PortMapping.Protocol;
import io.windlass.cni.TestHost;
import io.windlass.shim.linux.RawSctp;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Host ports on the real kernel: a host with an uplink, a machine beyond it, and pods. */
class HostPortTest {
    private static final BridgeConfig CONFIG = new BridgeConfig("wlport0",
            List.of(Cidr.parse("10.206.0.0/24"), Cidr.parse("fd00:206::/64")), 1500);
    private static final String HOST = "192.0.2.1";
    private static final String OUTSIDE = "192.0.2.2";

    private TestHost host;
    private BridgeNetwork network;
    private Netns outside;

    @BeforeEach
    void setUp() throws Exception {
        host = new TestHost();
        outside = host.pod("outside");
        host.sh("ip link add out0 type veth peer name eth0 netns " + outside.path()
                + "; ip addr add " + HOST + "/24 dev out0; ip addr add 2001:db8::1/64 dev out0 nodad; ip link set out0 up");
        TestHost.sh(outside.path(),
                "ip addr add " + OUTSIDE + "/24 dev eth0; ip addr add 2001:db8::2/64 dev eth0 nodad; ip link set eth0 up");
        network = open();
    }

    private BridgeNetwork open() throws IOException {
        return host.<BridgeNetwork, IOException>in(() -> new BridgeNetwork(CONFIG, host.directory()));
    }

    @AfterEach
    void tearDown() throws Exception {
        outside.close();
        network.close();
        host.close();
    }

    private Attachment add(String name, Netns netns, PortMapping... mappings) throws Exception {
        Attachment attachment = Attachment.of(name, "default", name, "uid-" + name).withPortMappings(List.of(mappings));
        network.add(attachment, netns);
        return attachment;
    }

    private static PortMapping port(Protocol protocol, int containerPort, int hostPort, String hostIp) {
        return new PortMapping(protocol, containerPort, hostPort, hostIp);
    }

    @Test
    void tcpReachesThePodFromEverywhereByBothFamilies() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            Attachment attachment = add("a", a, port(Protocol.TCP, 80, 8080, ""));
            add("b", b);
            try (ServerSocket server = server(a, 80)) {
                assertThat(client(outside.path(), HOST, 8080, server)).isEqualTo(OUTSIDE);
                assertThat(client(outside.path(), "2001:db8::1", 8080, server)).isEqualTo("2001:db8:0:0:0:0:0:2");
                assertThat(client(host.pin(), "127.0.0.1", 8080, server)).isEqualTo("10.206.0.1");
                assertThat(client(host.pin(), HOST, 8080, server)).isEqualTo(HOST);
                assertThat(client(host.pin(), "2001:db8::1", 8080, server)).isEqualTo("2001:db8:0:0:0:0:0:1");
                assertThat(client(b.path(), HOST, 8080, server)).isEqualTo("10.206.0.1");
                assertThat(client(a.path(), HOST, 8080, server)).isEqualTo("10.206.0.1"); // hairpin
                assertThat(client(a.path(), "2001:db8::1", 8080, server)).isEqualTo("fd00:206:0:0:0:0:0:1");
            }
            network.del(attachment, a);
            assertThat(host.sh("nft list ruleset")).doesNotContain("8080");
        }
    }

    @Test
    void aPortOnOneAddressIsOpenThereOnly() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            add("a", a, port(Protocol.TCP, 80, 8080, "127.0.0.1"), port(Protocol.TCP, 81, 8081, "2001:db8::1"));
            add("b", b, port(Protocol.TCP, 80, 8080, HOST));
            try (ServerSocket first = server(a, 80); ServerSocket second = server(b, 80); ServerSocket third = server(a, 81)) {
                client(host.pin(), "127.0.0.1", 8080, first);
                client(outside.path(), HOST, 8080, second);
                client(outside.path(), "2001:db8::1", 8081, third);
                assertThatThrownBy(() -> client(outside.path(), HOST, 8081, third)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> client(host.pin(), "10.206.0.1", 8080, first)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void sameNumberElsewhereIsNotTouched() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            add("a", a, port(Protocol.TCP, 80, 8080, ""));
            add("b", b);
            try (ServerSocket there = server(outside, 8080); ServerSocket other = server(b, 8080); ServerSocket own = server(a, 80)) {
                client(b.path(), OUTSIDE, 8080, there);
                client(host.pin(), OUTSIDE, 8080, there);
                client(a.path(), "10.206.0.3", 8080, other);
                assertThat(own.isBound()).isTrue();
            }
        }
    }

    @Test
    void rulesOfServicesComeFirst() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            host.sh("iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.206.0.3:90");
            add("a", a, port(Protocol.TCP, 80, 8080, ""));
            add("b", b);
            try (ServerSocket server = server(b, 90)) {
                client(outside.path(), HOST, 8080, server);
            }
        }
    }

    /** The host port of the same number is another's, and leads elsewhere. */
    @ParameterizedTest
    @CsvSource({"1, 10.206.0.2", "0, 10.206.0.1"})
    void podIsSeenAsItselfByServicesUnlessAnswersPassTheHostBy(String bridgeNfCall, String seen) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/sys/net/bridge")), "br_netfilter is not there");
        host.sh("echo " + bridgeNfCall + " > /proc/sys/net/bridge/bridge-nf-call-iptables;"
                + " iptables -t nat -A PREROUTING -d 10.96.0.1 -p tcp --dport 8080 -j DNAT --to-destination 10.206.0.3:80");
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            add("a", a);
            add("b", b, port(Protocol.TCP, 90, 8080, ""));
            try (ServerSocket server = server(b, 80); ServerSocket hostPort = server(b, 90)) {
                assertThat(client(a.path(), "10.96.0.1", 8080, server)).isEqualTo(seen);
                assertThat(client(a.path(), "10.206.0.3", 80, server)).isEqualTo("10.206.0.2");
                assertThat(client(a.path(), HOST, 8080, hostPort)).isEqualTo("10.206.0.1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0"})
    void rulesAreMadeAnewWhenAnswersComeToPassTheHostOrNoLongerDo(String before, String after) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/sys/net/bridge")), "br_netfilter is not there");
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            for (String value : List.of(before, after)) {
                host.sh("echo " + value + " > /proc/sys/net/bridge/bridge-nf-call-iptables");
                host.<Attachment, Exception>in(() -> add(value.equals(before) ? "a" : "b", value.equals(before) ? a : b));
                assertThat(host.sh("nft list chain ip wlport0 postrouting").contains("opened")).isEqualTo(value.equals("1"));
            }
        }
    }

    @Test
    void podsDoNotReachTheLoopbackOfTheHost() throws Exception {
        try (Netns a = host.pod("a")) {
            add("a", a);
            TestHost.sh(a.path(), "ip addr del 127.0.0.1/8 dev lo; echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet; "
                    + "ip route del local 127.0.0.0/8 table local 2>/dev/null || true; ip route add 127.0.0.1 via 10.206.0.1");
            try (ServerSocket secret = server(host.pin(), "127.0.0.1", 9999)) {
                client(host.pin(), "127.0.0.1", 9999, secret);
                assertThatThrownBy(() -> client(a.path(), "127.0.0.1", 9999, secret)).isInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    @Test
    void udpIsAnsweredAndForgetsWhatItDidBefore() throws Exception {
        try (Netns a = host.pod("a");
                DatagramSocket sender = socket(outside.path(), 5555);
                DatagramSocket early = socket(host.pin(), 5353)) {
            send(sender, HOST, 5353, "early");
            assertThat(receive(early).text()).isEqualTo("early");
            Attachment attachment = add("a", a, port(Protocol.UDP, 53, 5353, ""));
            try (DatagramSocket server = socket(a.path(), 53)) {
                send(sender, HOST, 5353, "question");
                Received question = receive(server);
                assertThat(question.text()).isEqualTo("question");
                send(server, question.from().getHostString(), question.from().getPort(), "answer");
                Received answer = receive(sender);
                assertThat(answer.text()).isEqualTo("answer");
                assertThat(answer.from()).isEqualTo(new InetSocketAddress(HOST, 5353));
                network.del(attachment, a);
            }
            send(sender, HOST, 5353, "late");
            assertThat(receive(early).text()).isEqualTo("late");
        }
    }

    @Test
    void sctpIsTranslated() throws Exception {
        try (Netns a = host.pod("a");
                RawSctp receiver = TestHost.<RawSctp, IOException>in(a.path(), RawSctp::new);
                RawSctp sender = TestHost.<RawSctp, IOException>in(outside.path(), RawSctp::new)) {
            add("a", a, port(Protocol.SCTP, 3868, 9868, ""));
            sender.sendInit(InetAddress.getByName(HOST), 9868);
            assertThat(receiver.receivePort()).isEqualTo(3868);
        }
    }

    @Test
    void rulesThatSomebodyFlushedComeBackWithTheNextPod() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b"); DatagramSocket sender = socket(outside.path(), 5555)) {
            add("a", a, port(Protocol.TCP, 80, 8080, ""), port(Protocol.UDP, 53, 5353, ""));
            host.sh("nft flush ruleset; echo 0 > /proc/sys/net/ipv4/ip_forward; nft add table ip firewall;"
                    + " nft add chain ip firewall pre '{ type filter hook prerouting priority 0; }';"
                    + " nft add rule ip firewall pre ct state established accept"); // by which connections are tracked
            try (DatagramSocket early = socket(host.pin(), 5353)) {
                send(sender, HOST, 5353, "meanwhile");
                assertThat(receive(early).text()).isEqualTo("meanwhile");
            }
            Attachment second = add("b", b, port(Protocol.TCP, 80, 8081, HOST));
            try (ServerSocket first = server(a, 80);
                    ServerSocket other = server(b, 80);
                    ServerSocket there = server(outside, 7070);
                    DatagramSocket server = socket(a.path(), 53)) {
                assertThat(client(outside.path(), HOST, 8080, first)).isEqualTo(OUTSIDE);
                assertThat(client(outside.path(), "2001:db8::1", 8080, first)).isEqualTo("2001:db8:0:0:0:0:0:2");
                assertThat(client(outside.path(), HOST, 8081, other)).isEqualTo(OUTSIDE);
                assertThat(client(a.path(), OUTSIDE, 7070, there)).isEqualTo(HOST);
                assertThat(client(b.path(), "2001:db8::2", 7070, there)).isEqualTo("2001:db8:0:0:0:0:0:1");
                send(sender, HOST, 5353, "later");
                assertThat(receive(server).text()).isEqualTo("later");
            }
            host.sh("nft flush ruleset");
            network.del(second, b);
        }
    }

    @Test
    void aPortOnTwoAddressesIsClosedOnBoth() throws Exception {
        try (Netns a = host.pod("a")) {
            Attachment attachment = add("a", a, port(Protocol.TCP, 80, 8080, "127.0.0.1"), port(Protocol.TCP, 80, 8080, HOST));
            assertThat(host.sh("nft list map ip wlport0 ipports")).contains("127.0.0.1 . tcp . 8080", HOST + " . tcp . 8080");
            network.del(attachment, a);
            assertThat(host.sh("nft list ruleset")).doesNotContain("8080");
        }
    }

    @Test
    void manyPortsOfManyPodsComeBackAfterAKill() throws Exception {
        List<PortMapping> some = IntStream.range(0, 700).mapToObj(i -> port(Protocol.TCP, 1000 + i, 20000 + i, "")).toList();
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            add("a", a, some.toArray(PortMapping[]::new));
            Attachment second = add("b", b, port(Protocol.TCP, 80, 8080, HOST));
            host.sh("nft flush ruleset");
            BridgeNetwork restarted = open();
            network = restarted;
            network.collect(List.of("a", "b")::contains);
            assertThat(host.sh("nft list map ip wlport0 ports").split("tcp \\. ")).hasSize(701);
            assertThat(host.sh("nft list map ip wlport0 ipports")).contains(HOST + " . tcp . 8080 : 10.206.0.3 . 80");
            network.collect("b"::equals);
            assertThat(host.sh("nft list map ip wlport0 ports")).doesNotContain("tcp");
            network.del(second, b);
            assertThat(host.sh("nft list map ip wlport0 ipports")).doesNotContain("8080");
        }
    }

    private static ServerSocket server(Netns netns, int port) throws IOException {
        return TestHost.<ServerSocket, IOException>in(netns.path(), () -> new ServerSocket(port));
    }

    private static ServerSocket server(Path namespace, String address, int port) throws IOException {
        return TestHost.<ServerSocket, IOException>in(namespace, () -> new ServerSocket(port, 8, InetAddress.getByName(address)));
    }

    /** Connects; the address that the server sees. */
    private static String client(Path from, String address, int port, ServerSocket server) throws IOException {
        server.setSoTimeout(2000);
        try (Socket socket = TestHost.<Socket, IOException>in(from, () -> {
            Socket connecting = new Socket();
            connecting.connect(new InetSocketAddress(Cidr.parseAddress(address), port), 1000);
            return connecting;
        }); Socket accepted = server.accept()) {
            assertThat(socket.isConnected()).isTrue();
            return accepted.getInetAddress().getHostAddress();
        }
    }

    private static DatagramSocket socket(Path namespace, int port) throws IOException {
        DatagramSocket socket = TestHost.<DatagramSocket, IOException>in(namespace, () -> new DatagramSocket(port));
        socket.setSoTimeout(2000);
        return socket;
    }

    private static void send(DatagramSocket socket, String address, int port, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(address), port));
    }

    private record Received(String text, InetSocketAddress from) {}

    private static Received receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.receive(packet);
        return new Received(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8),
                (InetSocketAddress) packet.getSocketAddress());
    }
}

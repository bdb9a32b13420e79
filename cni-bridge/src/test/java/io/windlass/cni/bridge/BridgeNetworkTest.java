package io.windlass.cni.bridge;

import io.windlass.cni.Attachment;
import io.windlass.cni.Cidr;
import io.windlass.cni.Netns;
import io.windlass.cni.NetnsFactory;
import io.windlass.cni.NetworkException;
import io.windlass.cni.NetworkResult;
import io.windlass.cni.PortMapping;
import io.windlass.cni.PortMapping.Protocol;
import io.windlass.cni.TestHost;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Shortage;
import io.windlass.shim.process.DescriptorLimit;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** On the real kernel, in a namespace that plays the host. */
class BridgeNetworkTest {
    private static final BridgeConfig CONFIG = BridgeConfig.of("wltest0", Cidr.parse("10.203.0.0/24"));

    private TestHost host;
    private BridgeNetwork network;

    @BeforeEach
    void setUp() throws Exception {
        host = new TestHost();
        network = open(CONFIG);
    }

    private BridgeNetwork open(BridgeConfig config) throws Exception {
        return host.<BridgeNetwork, IOException>in(() -> new BridgeNetwork(config, host.directory()));
    }

    @AfterEach
    void tearDown() throws Exception {
        network.close();
        host.close();
    }

    private static Attachment attachment(String name) {
        return Attachment.of(name, "default", name, "uid-" + name);
    }

    private Path leases() {
        return host.directory().resolve("leases").resolve(CONFIG.bridge());
    }

    private List<String> leaseFiles() throws IOException {
        try (Stream<Path> files = Files.list(leases())) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void podsReachEachOtherAndTheHost() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            NetworkResult first = network.add(attachment("a"), a);
            NetworkResult second = network.add(attachment("b"), b);
            assertThat(first.podIps()).containsExactly("10.203.0.2");
            assertThat(second.podIps()).containsExactly("10.203.0.3");
            TestHost.sh(a.path(), "busybox ping -c1 -W2 10.203.0.3; busybox ping -c1 -W2 10.203.0.1");
            host.sh("busybox ping -c1 -W2 10.203.0.2");
            assertThat(TestHost.sh(a.path(), "ip -o link show eth0; ip route; ip -o link show lo")).contains("02:57:0a:cb:00:02", "UP",
                    "default via 10.203.0.1 dev eth0", "LOOPBACK,UP");
            assertThat(host.sh("bridge -d link")).contains("hairpin on").doesNotContain("hairpin off");
            network.check(attachment("a"), a);
            assertThat(leaseFiles()).containsExactly("10.203.0.2", "10.203.0.3");
        }
    }

    /** What is lost is sent again after a second. */
    @RepeatedTest(40)
    void firstConnectionToAPodIsNotLost() throws Exception {
        network.usePodCidrs(List.of(Cidr.parse("10.203.0.0/24"), Cidr.parse("fd00:203::/64")));
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            for (String address : network.add(attachment("a"), a).podIps()) {
                assertRefuses(address);
            }
            for (String address : network.add(attachment("b"), b).podIps()) {
                assertRefuses(address);
            }
        }
    }

    private void assertRefuses(String address) {
        assertThatThrownBy(() -> host.<Socket, IOException>in(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(Cidr.parseAddress(address), 80), 900);
                return socket;
            }
        })).as(address).isInstanceOf(ConnectException.class);
    }

    @Test
    void delTakesTheAddressAtOnceAndTheEndOfTheNamespaceTheLink() throws Exception {
        Netns a = host.pod("a");
        network.add(attachment("a"), a);
        network.del(attachment("a"), a);
        assertThat(TestHost.sh(a.path(), "ip -4 -o addr show eth0")).isEmpty();
        assertThat(leaseFiles()).isEmpty();
        a.close();
        NetnsFactory.remove(a.path());
        host.sh("for i in $(seq 100); do ip -o link | grep -q veth || exit 0; sleep 0.05; done; exit 1");
        network.del(attachment("a"), null);
        network.del(attachment("never"), a);
    }

    @Test
    void linkOfANamespaceThatLivesOnIsDeletedInTheEnd() throws Exception {
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            network.del(attachment("a"), a);
            host.sh("for i in $(seq 200); do ip -o link | grep -q veth || exit 0; sleep 0.05; done; exit 1");
        }
    }

    @Test
    void delWithoutItsNamespaceDeletesTheLinkItself() throws Exception {
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            network.del(attachment("a"), Netns.at(host.directory().resolve("gone")));
            assertThat(host.sh("ip -o link")).doesNotContain("veth");
            assertThat(leaseFiles()).isEmpty();
        }
    }

    @Test
    void addressesAreNotUsedAgainAtOnce() throws Exception {
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            network.del(attachment("a"), null);
            assertThat(network.add(attachment("a"), a).primary()).isEqualTo("10.203.0.3");
        }
    }

    @Test
    void addTwiceLeavesOneLease() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            network.add(attachment("a"), a);
            network.add(attachment("a"), b);
            assertThat(leaseFiles()).hasSize(1);
        }
    }

    @Test
    void failedAddLeavesNothing() throws Exception {
        assertThatThrownBy(() -> network.add(attachment("a"), Netns.at(host.directory().resolve("none"))))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("sandbox a cannot be attached").hasMessageContaining("ENOENT");
        assertThat(leaseFiles()).isEmpty();
        assertThat(host.sh("ip -o link")).doesNotContain("veth");
    }

    @Test
    void restartedDaemonKnowsItsLeasesAndCollectsDeadOnes() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b"); Netns c = host.pod("c")) {
            network.add(attachment("a"), a);
            network.add(attachment("b"), b);
            network = open(CONFIG);
            network.collect(Set.of("b")::contains);
            assertThat(leaseFiles()).containsExactly("10.203.0.3");
            assertThat(host.sh("ip -o link | grep -c veth")).isEqualTo("1\n");
            assertThat(network.add(attachment("c"), c).primary()).isEqualTo("10.203.0.4");
        }
    }

    @Test
    void bridgeThatSomebodyDeletedComesBack() throws Exception {
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            network.del(attachment("a"), null);
            host.sh("ip link del " + CONFIG.bridge());
            assertThatThrownBy(() -> network.add(attachment("a"), a)).isInstanceOf(NetworkException.class);
            network.add(attachment("a"), a);
            TestHost.sh(a.path(), "busybox ping -c1 -W2 10.203.0.1");
        }
    }

    /** It says nothing about the bridge, and a node that is not ready would not be asked for another pod. */
    @Test
    void momentWithoutDescriptorsLeavesTheNetworkReadyAndItsSocketsAsTheyAre() throws Exception {
        assertThat(Shortage.isBehind(new ErrnoException("loaded while files can be opened", Errno.EMFILE))).isTrue();
        List<String> failures = new ArrayList<>();
        try (Netns a = host.pod("a"); Netns b = host.pod("b"); BridgeNetwork later = open(CONFIG)) {
            network.add(attachment("a"), a);
            assertThatThrownBy(() -> network.check(attachment("b"), b)).isInstanceOf(NetworkException.class);
            long before = sockets();
            try (DescriptorLimit limit = new DescriptorLimit()) {
                for (BridgeNetwork one : List.of(network, network, later)) { // that is set up, and that is not yet
                    limit.leave(0);
                    failures.add(failure(one, b));
                }
            }
            assertThat(failures).hasSize(3).allSatisfy(failure -> assertThat(failure).contains("EMFILE"));
            assertThat(sockets()).isEqualTo(before);
            assertThat(network.status().ready()).isTrue();
            assertThat(later.status().ready()).isTrue();
            network.add(attachment("b"), b);
            assertThat(leaseFiles()).containsExactly("10.203.0.2", "10.203.0.3");
        }
    }

    private static String failure(BridgeNetwork network, Netns netns) {
        try {
            return "none: " + network.add(attachment("b"), netns);
        } catch (NetworkException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static long sockets() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            long sockets = 0;
            for (Path fd : open.filter(Files::exists).toList()) {
                sockets += Files.readSymbolicLink(fd).toString().startsWith("socket:") ? 1 : 0;
            }
            return sockets;
        }
    }

    @Test
    void podsAreMasqueradedTowardsOthersAndNotAmongThemselves() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b"); Netns outside = host.pod("outside")) {
            String peer = network.add(attachment("a"), a).primary();
            network.add(attachment("b"), b);
            host.sh("ip link add out0 type veth peer name eth0 netns " + outside.path()
                    + "; ip addr add 192.0.2.1/24 dev out0; ip link set out0 up");
            TestHost.sh(outside.path(), "ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up"); // and no route back to pods
            assertThat(seenBy(outside.path(), "192.0.2.2", a.path())).contains("192.0.2.1");
            assertThat(seenBy(b.path(), "10.203.0.3", a.path())).contains(peer);
        }
    }

    /** A server in one namespace tells a client in another by which address it came. */
    private static String seenBy(Path server, String address, Path client) throws Exception {
        try (ServerSocket listening = TestHost.<ServerSocket, IOException>in(server,
                () -> new ServerSocket(8080, 1, Cidr.parseAddress(address)))) {
            try (Socket connecting = TestHost.<Socket, IOException>in(client, () -> new Socket(address, 8080));
                    Socket accepted = listening.accept()) {
                return accepted.getInetAddress().getHostAddress();
            }
        }
    }

    @Test
    void hostPortOfAnotherPodIsRefusedAndLeavesNothing() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            network.add(attachment("a").withPortMappings(List.of(new PortMapping(Protocol.TCP, 80, 8080, ""))), a);
            assertThatThrownBy(() -> network.add(attachment("b").withPortMappings(List.of(new PortMapping(Protocol.TCP, 81, 8080, ""))), b))
                    .isInstanceOf(NetworkException.class).hasMessageContaining("in use by another pod");
            assertThat(leaseFiles()).containsExactly("10.203.0.2");
            assertThat(host.sh("ip -o link | grep -c veth")).isEqualTo("1\n");
            assertThat(host.sh("nft list map ip wltest0 ports")).contains("tcp . 8080 : 10.203.0.2 . 80");
        }
    }

    /** As a daemon leaves it that was killed before it had refused the second pod: b, which has another port too. */
    private void addTwoWithOnePort(Netns a, PortMapping port, PortMapping other) throws Exception {
        network.add(attachment("a").withPortMappings(List.of(port)), a);
        Files.setLastModifiedTime(leases().resolve("10.203.0.2"), FileTime.fromMillis(0));
        List<Cidr> addresses = List.of(new Cidr(Cidr.parseAddress("10.203.0.3"), 24));
        new LeaseFiles(leases()).write(new Lease("b", "eth0", addresses, List.of(port, other)));
        network = open(CONFIG);
    }

    @Test
    void hostPortThatTwoLeasesHaveIsTheOlderOnes() throws Exception {
        PortMapping port = new PortMapping(Protocol.TCP, 80, 8080, "");
        PortMapping other = new PortMapping(Protocol.TCP, 81, 8081, "");
        try (Netns a = host.pod("a"); Netns c = host.pod("c")) {
            addTwoWithOnePort(a, port, other);
            network.add(attachment("c"), c);
            assertThat(host.sh("nft list map ip wltest0 ports")).contains("tcp . 8080 : 10.203.0.2 . 80", "tcp . 8081 : 10.203.0.3 . 81");
            network.del(attachment("b"), null);
            assertThat(host.sh("nft list map ip wltest0 ports")).contains("tcp . 8080 : 10.203.0.2 . 80").doesNotContain("8081");
            assertThat(leaseFiles()).containsExactly("10.203.0.2", "10.203.0.4");
        }
    }

    @Test
    void hostPortThatTwoLeasesHaveStaysTheOlderOnesWhereTheOtherHasItOnOneMoreAddress() throws Exception {
        PortMapping port = new PortMapping(Protocol.TCP, 80, 8080, "127.0.0.1");
        PortMapping other = new PortMapping(Protocol.TCP, 80, 8080, "127.0.0.2");
        try (Netns a = host.pod("a"); Netns c = host.pod("c")) {
            addTwoWithOnePort(a, port, other);
            network.add(attachment("c"), c);
            assertThat(host.sh("nft list map ip wltest0 ipports")).contains("127.0.0.1 . tcp . 8080 : 10.203.0.2 . 80",
                    "127.0.0.2 . tcp . 8080 : 10.203.0.3 . 80");
            network.del(attachment("b"), null);
            assertThat(host.sh("nft list map ip wltest0 ipports")).contains("127.0.0.1 . tcp . 8080 : 10.203.0.2 . 80")
                    .doesNotContain("127.0.0.2");
            assertThat(host.sh("nft list set ip wltest0 opened")).doesNotContain("10.203.0.3");
        }
    }

    @Test
    void subnetsMayChangeWhilePodsKeepTheirAddresses() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            network.add(attachment("a"), a);
            network.usePodCidrs(List.of(Cidr.parse("10.208.7.0/24"), Cidr.parse("fd00:208::/64")));
            assertThat(network.add(attachment("b"), b).podIps()).containsExactly("10.208.7.2", "fd00:208::2");
            TestHost.sh(b.path(), "busybox ping -c1 -W2 10.203.0.2; busybox ping6 -c1 -W2 fd00:208::1");
            assertThat(seenBy(a.path(), "10.203.0.2", b.path())).isEqualTo("10.208.7.2");
            assertThat(host.sh("ip -6 addr show wltest0")).contains("fe80:").doesNotContain("tentative");
            network.check(attachment("a"), a);
            network.close();
            network = open(CONFIG); // as a daemon that was not told yet
            network.usePodCidrs(List.of(Cidr.parse("10.208.7.0/24"), Cidr.parse("fd00:208::/64")));
            network.check(attachment("b"), b);
            network.del(attachment("a"), a);
            assertThat(host.sh("ip -o -4 addr show wltest0")).contains("10.208.7.1/24").doesNotContain("10.203.0.1");
            network.del(attachment("b"), b);
            assertThat(leaseFiles()).isEmpty();
        }
    }

    @Test
    void hostThatLearnsItsRouteGoesOnLearningIt() throws Exception {
        host.sh("ip link add up0 type veth peer name up1; echo 1 > /proc/sys/net/ipv6/conf/up0/accept_ra");
        network = open(new BridgeConfig("wltest6", List.of(Cidr.parse("fd00:203::/64")), 1500));
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            assertThat(host.sh("cat /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/up0/accept_ra")).isEqualTo("1\n2\n");
        }
    }

    @Test
    void bridgeOfADaemonThatWasKilledGoesWithTheNext() throws Exception {
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            network.del(attachment("a"), a);
        }
        network = open(CONFIG); // the one before is left as by a kill
        network.collect(id -> false);
        network.close();
        assertThat(host.sh("ip -o link; nft list tables")).doesNotContain("wltest0");
        network = open(CONFIG);
    }

    /** A list of plugins may name a bridge as we would: its pods outlive our daemon. */
    @Test
    void bridgeOfOthersByTheSameNameIsLeftAlone() throws Exception {
        host.sh("ip link add wltest0 type bridge; ip link set wltest0 up; ip addr add 10.99.0.1/24 dev wltest0;"
                + " ip link add veth61672a34 type veth peer name far0; ip link set veth61672a34 master wltest0");
        network.collect(id -> true);
        network.close();
        assertThat(host.sh("ip -o link; ip -o -4 addr show wltest0; nft list tables")).contains("veth61672a34", "10.99.0.1/24")
                .doesNotContain("table ip wltest0");
        network = open(CONFIG);
    }

    /** Plugins may use the same addresses: a pod that they have just taken off has no record of theirs when its daemon is killed. */
    @Test
    void lostLeaseComesBackOnlyWhereTheBridgeIsAtWork() throws Exception {
        network.adopt(attachment("a"), List.of("10.203.0.7"));
        try (Netns b = host.pod("b")) {
            network.add(attachment("b"), b);
            assertThat(leaseFiles()).containsExactly("10.203.0.2");
            network.adopt(attachment("a"), List.of("10.203.0.7"));
            assertThat(leaseFiles()).containsExactly("10.203.0.2", "10.203.0.7");
        }
    }

    @Test
    void portsOfOthersOnOurBridgeAreLeftAlone() throws Exception {
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            host.sh("ip link add veth61672a34 type veth peer name far0; ip link set veth61672a34 master wltest0");
            network.collect(id -> true);
            assertThat(host.sh("ip -o link")).contains("veth61672a34");
            network.del(attachment("a"), a);
        }
    }

    @Test
    void firewallThatDropsForwardedPacketsLetsPodsPass() throws Exception {
        host.sh("iptables -P FORWARD DROP");
        try (Netns a = host.pod("a"); Netns outside = host.pod("outside")) {
            host.sh("ip link add out0 type veth peer name eth0 netns " + outside.path()
                    + "; ip addr add 192.0.2.1/24 dev out0; ip link set out0 up");
            TestHost.sh(outside.path(), "ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up");
            network.add(attachment("a"), a);
            TestHost.sh(a.path(), "busybox ping -c1 -W2 192.0.2.2");
            assertThat(host.sh("iptables -S FORWARD")).contains("-i wltest0", "-o wltest0", "-j ACCEPT");
            network.del(attachment("a"), null);
        }
        network.close();
        assertThat(host.sh("iptables -S FORWARD")).isEqualTo("-P FORWARD DROP\n");
        assertThat(host.sh("ip -o link; nft list tables")).doesNotContain("wltest0");
        network = open(CONFIG);
    }

    /** As Docker's when it starts after the first pod. */
    @Test
    void firewallThatComesLaterLetsPodsPassFromTheNextOneOn() throws Exception {
        try (Netns a = host.pod("a"); Netns b = host.pod("b"); Netns outside = host.pod("outside")) {
            host.sh("ip link add out0 type veth peer name eth0 netns " + outside.path()
                    + "; ip addr add 192.0.2.1/24 dev out0; ip link set out0 up");
            TestHost.sh(outside.path(), "ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up");
            network.add(attachment("a"), a);
            host.sh("iptables -P FORWARD DROP");
            network.add(attachment("b"), b);
            TestHost.sh(a.path(), "busybox ping -c1 -W2 192.0.2.2");
            host.sh("iptables -F FORWARD");
            network.del(attachment("b"), null);
            network.add(attachment("b"), b);
            TestHost.sh(a.path(), "busybox ping -c1 -W2 192.0.2.2");
        }
    }

    @Test
    void rulesOfAFamilyGoWithTheLastPodThatHasIt() throws Exception {
        host.sh("ip6tables -P FORWARD DROP");
        network = open(BridgeConfig.of(CONFIG.bridge(), List.of(Cidr.parse("10.203.0.0/24"), Cidr.parse("fd00:203::/64"))));
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            network.add(attachment("a"), a);
            network.usePodCidrs(List.of(Cidr.parse("10.208.7.0/24")));
            network.add(attachment("b"), b);
            assertThat(host.sh("nft list tables; ip6tables -S FORWARD")).contains("table ip6 wltest0", "-i wltest0");
            network.del(attachment("a"), null);
            assertThat(host.sh("nft list tables")).contains("table ip wltest0").doesNotContain("table ip6 wltest0");
            assertThat(host.sh("ip6tables -S FORWARD")).isEqualTo("-P FORWARD DROP\n");
            network.del(attachment("b"), null);
        }
    }

    @Test
    void rulesOfAFamilyThatAnEarlierDaemonHadGo() throws Exception {
        network = open(BridgeConfig.of(CONFIG.bridge(), List.of(Cidr.parse("10.203.0.0/24"), Cidr.parse("fd00:203::/64"))));
        try (Netns a = host.pod("a")) {
            network.add(attachment("a"), a);
            network.del(attachment("a"), null);
        }
        network = open(CONFIG); // the one before is left as by a kill
        network.collect(id -> false);
        network.close();
        assertThat(host.sh("ip -o link; nft list tables")).doesNotContain("wltest0");
        network = open(CONFIG);
    }

    @Test
    void ipv6WorksBesideIpv4() throws Exception {
        network = open(new BridgeConfig("wltest6", List.of(Cidr.parse("fd00:203::/64"), Cidr.parse("10.204.0.0/16")), 1400));
        try (Netns a = host.pod("a"); Netns b = host.pod("b")) {
            NetworkResult result = network.add(attachment("a"), a);
            network.add(attachment("b"), b);
            assertThat(result.podIps()).containsExactly("10.204.0.2", "fd00:203::2");
            TestHost.sh(b.path(), "busybox ping -c1 -W2 10.204.0.2; busybox ping6 -c1 -W2 fd00:203::2; ip -6 route | grep default");
            assertThat(TestHost.sh(b.path(), "cat /proc/sys/net/ipv6/conf/eth0/accept_ra")).isEqualTo("0\n");
            network.check(attachment("a"), a);
            network.del(attachment("a"), a);
            network.del(attachment("b"), b);
        }
    }

    @Test
    void fullSubnetIsReportedAndHealsByDel() throws Exception {
        network = open(BridgeConfig.of("wltest1", Cidr.parse("10.205.0.0/29")));
        for (int i = 0; i < 5; i++) {
            try (Netns pod = host.pod("p" + i)) {
                network.add(attachment("p" + i), pod);
            }
        }
        try (Netns pod = host.pod("late")) {
            assertThatThrownBy(() -> network.add(attachment("late"), pod)).isInstanceOf(NetworkException.class)
                    .hasMessageContaining("no address is left in subnet 10.205.0.0/29");
            network.del(attachment("p3"), null);
            assertThat(network.add(attachment("late"), pod).primary()).isEqualTo("10.205.0.5");
        }
    }
}

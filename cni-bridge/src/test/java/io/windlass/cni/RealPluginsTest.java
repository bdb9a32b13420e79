package io.windlass.cni;

import io.windlass.cni.PortMapping.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;

/** Debian's plugins, in a namespace that plays the host: bridge with host-local, portmap, firewall. */
@EnabledIf("pluginsAreInstalled")
class RealPluginsTest {
    private static final Path BIN = Path.of("/usr/lib/cni");

    static boolean pluginsAreInstalled() {
        return Files.isExecutable(BIN.resolve("bridge"));
    }

    private static String list(String version, Path leases) {
        return """
                {"cniVersion": "%s", "name": "realnet", "plugins": [
                  {"type": "bridge", "bridge": "wlreal0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
                   "ipam": {"type": "host-local", "dataDir": "%s", "ranges": [[{"subnet": "10.207.0.0/24"}]],
                            "routes": [{"dst": "0.0.0.0/0"}]}},
                  {"type": "portmap", "capabilities": {"portMappings": true}}%s]}"""
                .formatted(version, leases, version.equals("0.3.1") ? "" : ", {\"type\": \"firewall\"}"); // that plugin speaks 0.4.0 and on
    }

    @Test
    void wholeChainWorksInEveryVersionAndLeavesNothing() throws Exception {
        for (String version : List.of("0.3.1", "0.4.0", "1.0.0")) {
            try (TestHost host = new TestHost()) {
                host.in(() -> {
                    roundTrip(host, version);
                    return true;
                });
            }
        }
    }

    private static void roundTrip(TestHost host, String version) throws Exception {
        Path conf = Files.createDirectory(host.directory().resolve("net.d"));
        Path leases = host.directory().resolve("ipam");
        Files.writeString(conf.resolve("10-real.conflist"), list(version, leases));
        CniClient client = new CniClient(conf, List.of(BIN), host.directory().resolve("cni"), Duration.ofSeconds(20), null);
        assertThat(client.status()).isEqualTo(NetworkStatus.ready("realnet"));
        Attachment a = Attachment.of("real-a", "default", "a", "uid")
                .withPortMappings(List.of(new PortMapping(Protocol.TCP, 80, 8088, "")));
        Attachment b = Attachment.of("real-b", "default", "b", "uid");
        try (Netns first = host.pod("a"); Netns second = host.pod("b")) {
            NetworkResult result = client.add(a, first);
            assertThat(result.primary()).isEqualTo("10.207.0.2");
            client.add(b, second);
            try (ServerSocket listening = TestHost.<ServerSocket, IOException>in(first.path(), () -> new ServerSocket(80))) {
                connect(second.path(), "10.207.0.2", listening.getLocalPort());
                connect(host.pin(), "10.207.0.2", listening.getLocalPort());
                connect(host.pin(), "10.207.0.1", 8088);
            }
            if (!version.equals("0.3.1")) {
                client.check(b, second);
            }
            client.del(a, first);
            client.del(a, first);
            client.collect(Set.of()::contains); // takes b, which nobody deleted
        }
        try (Stream<Path> files = Files.list(leases.resolve("realnet"))) {
            assertThat(files.map(f -> f.getFileName().toString())).noneMatch(name -> name.startsWith("10."));
        }
        assertThat(host.sh("ip -o link")).doesNotContain("veth");
        assertThat(host.sh("iptables-save -t nat")).doesNotContain("8088").doesNotContain("10.207.0.2");
        try (Stream<Path> files = Files.list(host.directory().resolve("cni/attachments"))) {
            assertThat(files).isEmpty();
        }
    }

    private static void connect(Path from, String address, int port) throws Exception {
        TestHost.<Boolean, IOException>in(from, () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(Cidr.parseAddress(address), port), 2000);
                return true;
            }
        });
    }
}

package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Damage;
import io.windlass.conformance.fixture.Fsck;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Loopback;
import io.windlass.conformance.fixture.Needs;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.NetworkConfig;
import io.windlass.cri.v1.PodIP;
import io.windlass.cri.v1.PodSandboxNetworkStatus;
import io.windlass.cri.v1.PortMapping;
import io.windlass.cri.v1.RuntimeCondition;
import io.windlass.cri.v1.RuntimeConfig;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.UpdateRuntimeConfigRequest;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/** The kubelet says which networks its pods have, on a node of its own, with the built-in bridge or a template of a network list. */
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "another runtime's configuration is not ours to change")
@DisabledIfSystemProperty(named = "cri.oracle", matches = "containerd", disabledReason = "it has no bridge of its own")
class PodCidrTest {

    @Test
    void podsFromNowOnHaveAddressesOfBothFamilies() throws Exception {
        try (Node node = Node.open(NodeOptions.fromProperties().withNetwork(Network.BUILT_IN))) {
            Pod.run(node).close();
            KernelState before = node.state();
            String ipv4 = "10.61." + node.subnet().prefix().split("\\.")[2] + ".";
            int port = Loopback.freePort();
            try (Pod old = Pod.run(node)) {
                tell(node, ipv4 + "0/24,fd00:61:61::/64");
                try (Pod pod = Pod.run(node,
                        config -> config.addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(port)))) {
                    PodSandboxNetworkStatus network = pod.status().getNetwork();
                    assertThat(network.getIp()).isEqualTo(ipv4 + "2");
                    assertThat(network.getAdditionalIpsList()).extracting(PodIP::getIp).containsExactly("fd00:61:61::2");
                    pod.start("httpd", "-f", "-p", "80", "-h", "/www");
                    for (String address : List.of("127.0.0.1", ipv4 + "1", "fd00:61:61::1")) {
                        connects(address, port);
                    }
                    assertThat(old.script("wget -qO- http://" + network.getIp() + "/").output()).isEqualTo("hello from the pod\n");
                    assertThat(pod.script("cat /proc/sys/net/ipv6/conf/eth0/accept_ra").output()).isEqualTo("0\n");
                    node.killDaemon();
                    node.startDaemon();
                    assertThat(old.ip()).startsWith(node.subnet().prefix());
                    connects("fd00:61:61::1", port);
                }
            }
            try (Pod later = Pod.run(node)) { // the daemon was not told again
                assertThat(later.ip()).startsWith(ipv4);
            }
            assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON.or(line -> line.contains("/pod-cidrs")))).isEmpty();
        }
    }

    @Test
    void whatIsNoNetworkIsRefused() throws Exception {
        try (Node node = Node.open(NodeOptions.fromProperties().withNetwork(Network.BUILT_IN))) {
            for (String cidr : List.of("10.1.0.0", "10.1.0.0/33", "10.1.0.0/24,10.2.0.0/24", "10.1.0.0/31", "pods")) {
                assertThat(Failure.of(node, Code.INVALID_ARGUMENT, () -> tell(node, cidr)).message()).contains("10.");
            }
            try (Pod pod = Pod.run(node)) {
                assertThat(pod.ip()).startsWith(node.subnet().prefix());
            }
        }
    }

    @Test
    void recordThatCameToHarmIsSetAsideUntilTheKubeletTellsAgain() throws Exception {
        try (Node node = Node.open(NodeOptions.fromProperties().withNetwork(Network.BUILT_IN))) {
            String ipv4 = "10.61." + node.subnet().prefix().split("\\.")[2] + ".";
            Path record = node.scratch().resolve("root/cni/pod-cidrs");
            for (Damage damage : Damage.values()) {
                tell(node, ipv4 + "0/24");
                node.killDaemon();
                damage.to(record, new Random(damage.ordinal()));
                Fsck check = Fsck.run(node);
                assertThat(check.code()).as(check.output()).isEqualTo(4);
                assertThat(check.output()).as("%s", damage).contains("the pods' networks: their record is damaged");
                node.startDaemon();
                assertThat(node.runtime().log()).contains("pod-cidrs.quarantined");
                assertThat(record).doesNotExist();
                tell(node, ipv4 + "0/24");
                try (Pod pod = Pod.run(node)) {
                    assertThat(pod.ip()).startsWith(ipv4);
                }
            }
            node.killDaemon();
            Fsck.repair(node);
            node.startDaemon();
            try (Pod pod = Pod.run(node)) {
                assertThat(pod.ip()).startsWith(ipv4);
            }
        }
    }

    /** A node whose network list is to be made of a template, for the plugins of the CNI project; its daemon is to be started. */
    private static Node templated() throws Exception {
        Node node = Node.open(NodeOptions.fromProperties().withNetwork(Network.BUILT_IN));
        try {
            Path template = node.scratch().write("net.template", list(node, "templated", "{{.PodCIDR}}"));
            node.scratch().write("conf.d/10-template.toml",
                    "[cni]\nconf_template = \"%s\"\nbin_dirs = [\"%s\"]\n".formatted(template, Needs.CNI_PLUGINS.path().getParent()));
            node.killDaemon();
            return node;
        } catch (Exception | Error e) {
            node.close();
            throw e;
        }
    }

    private static String list(Node node, String name, String subnet) {
        return """
                {"cniVersion": "1.0.0", "name": "%s", "plugins": [{"type": "bridge", "bridge": "%s",
                  "ipam": {"type": "host-local", "ranges": [[{"subnet": "%s"}]], "dataDir": "%s"}}]}
                """.formatted(name, node.subnet().bridge(), subnet, node.scratch().resolve("leases"));
    }

    private static RuntimeCondition network(Node node) {
        return node.cri().runtime().status(StatusRequest.getDefaultInstance()).getStatus().getConditionsList().stream()
                .filter(condition -> condition.getType().equals("NetworkReady")).findFirst().orElseThrow();
    }

    @Test
    void theNetworkListIsMadeOfTheTemplateAndMadeAnewWhenTheNetworkIsAnother() throws Exception {
        try (Node node = templated()) {
            Path made = node.scratch().resolve("net.d/10-windlass-net.conflist");
            node.startDaemon("NetworkReady");
            assertThat(network(node).getStatus()).isFalse();
            assertThat(network(node).getMessage()).contains("waits for the pod CIDR");
            Failure.of(node, Code.UNAVAILABLE, () -> Pod.run(node).close());
            assertThat(made).doesNotExist();
            String third = node.subnet().prefix().split("\\.")[2];
            for (String ipv4 : List.of("10.62." + third + ".", "10.63." + third + ".")) {
                tell(node, ipv4 + "0/24");
                assertThat(network(node).getStatus()).isTrue();
                assertThat(made).content().contains("\"" + ipv4 + "0/24\"");
                try (Pod pod = Pod.run(node)) {
                    assertThat(pod.ip()).startsWith(ipv4);
                }
            }
            node.killDaemon();
            node.startDaemon();
            try (Pod pod = Pod.run(node)) { // the daemon was not told again
                assertThat(pod.ip()).startsWith("10.63." + third + ".");
            }
        }
    }

    @Test
    void theTemplateGivesWayToANetworkListThatIsThere() throws Exception {
        try (Node node = templated()) {
            node.scratch().write("net.d/05-mine.conflist", list(node, "mine", node.subnet().cidr()));
            node.startDaemon();
            tell(node, "10.62." + node.subnet().prefix().split("\\.")[2] + ".0/24");
            assertThat(node.scratch().resolve("net.d/10-windlass-net.conflist")).doesNotExist();
            assertThat(node.scratch().resolve("net.d/05-mine.conflist")).hasContent(list(node, "mine", node.subnet().cidr()));
            try (Pod pod = Pod.run(node)) {
                assertThat(pod.ip()).startsWith(node.subnet().prefix());
            }
        }
    }

    private static void tell(Node node, String cidr) {
        node.cri().runtime().updateRuntimeConfig(UpdateRuntimeConfigRequest.newBuilder()
                .setRuntimeConfig(RuntimeConfig.newBuilder().setNetworkConfig(NetworkConfig.newBuilder().setPodCidr(cidr))).build());
    }

    private static void connects(String address, int port) {
        Wait.untilTrue("a connection to " + address, Duration.ofSeconds(10), () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), 2000);
                return true;
            } catch (java.io.IOException e) {
                return false;
            }
        });
    }
}

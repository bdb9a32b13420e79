package io.windlass.conformance;

import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Loopback;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.PortMapping;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class NetworkTest {
    private static final Duration AT_MOST = Duration.ofSeconds(10);

    @Test
    void reachesThePodByHttp(Node node) throws Exception {
        servesHttp(node);
    }

    @Test
    @DiffersOn(value = "containerd", why = "has plugins only, which every other test runs on")
    void reachesThePodByHttpThroughTheOtherKindOfNetwork() throws Exception {
        NodeOptions options = NodeOptions.fromProperties();
        Network other = options.network() == Network.PLUGINS ? Network.BUILT_IN : Network.PLUGINS;
        try (Node node = Node.open(options.withNetwork(other))) {
            Pod.run(node).close();
            KernelState before = node.state();
            servesHttp(node);
            forwardsAHostPort(node);
            assertThat(node.leaksSince(before)).isEmpty();
        }
    }

    private static void servesHttp(Node node) throws Exception {
        try (Pod pod = Pod.run(node); Pod client = Pod.run(node)) {
            pod.start("httpd", "-f", "-p", "80", "-h", "/www");
            assertThat(get("http://" + pod.ip() + "/")).isEqualTo("hello from the pod\n");
            assertThat(client.script("wget -qO- http://" + pod.ip() + "/").output()).isEqualTo("hello from the pod\n");
            assertThat(client.ip()).isNotEqualTo(pod.ip());
        }
    }

    @Test
    void forwardsAHostPort(Node node) throws Exception {
        int port = Loopback.freePort();
        PortMapping mapping = PortMapping.newBuilder().setContainerPort(80).setHostPort(port).build();
        try (Pod pod = Pod.run(node, config -> config.addPortMappings(mapping))) {
            pod.start("httpd", "-f", "-p", "80", "-h", "/www");
            String address = NetworkInterface.getByName(node.subnet().bridge()).inetAddresses()
                    .filter(a -> a instanceof java.net.Inet4Address)
                    .findFirst().orElseThrow().getHostAddress();
            assertThat(get("http://" + address + ":" + port + "/")).isEqualTo("hello from the pod\n");
        }
    }

    @Test
    void hasLoopbackAddressAndRoute(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            String links = pod.script("ip addr show lo; ip addr show eth0; ip route").output();
            assertThat(links).contains("127.0.0.1/8", pod.ip() + "/22", "default via " + node.subnet().prefix() + "1");
        }
    }

    @Test
    void takesItsAddressBackWhenThePodStops(Node node) throws Exception {
        Pod pod = Pod.run(node);
        try (pod) {
            pod.stop();
            assertThat(Collections.list(NetworkInterface.getByName(node.subnet().bridge()).getInetAddresses())).isNotEmpty();
            Wait.untilTrue("no veth", AT_MOST, () -> {
                try (var ends = Files.list(Path.of("/sys/class/net", node.subnet().bridge(), "brif"))) {
                    return ends.findAny().isEmpty();
                }
            });
        }
    }

    private static String get(String url) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
            return Wait.until(url, AT_MOST, () -> {
                try {
                    return Optional.of(client.send(request, BodyHandlers.ofString()).body());
                } catch (IOException e) {
                    return Optional.empty();
                }
            });
        }
    }
}

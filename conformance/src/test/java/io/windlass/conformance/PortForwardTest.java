package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PortForwardRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class PortForwardTest {
    private static final int PORT = 7777;

    /** How the connections are carried. */
    private enum Carrier {
        SPDY, WEB_SOCKET,
        /** SPDY in the messages of a WebSocket. */
        TUNNEL;

        /** Connects to a pod's port; skips the test where that is not spoken. */
        StreamClient connect(Node node, Pod pod) throws IOException {
            Transport transport = this == SPDY ? Transport.SPDY : Transport.WEB_SOCKET;
            StreamUrls.assumeSpoken(node, transport);
            String url = StreamUrls.portForward(node, pod, PORT);
            return this == TUNNEL ? StreamClient.tunnel(url, PORT, 1) : StreamClient.port(transport, url, PORT);
        }
    }

    /** Runs a server; it listens when this returns. */
    private static void serve(Pod pod, int port, String server) {
        pod.script(server + " & while ! netstat -ltn | grep -q ':" + port + " '; do :; done; echo listening; wait").awaitLog("listening");
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void reachesThePodsLoopback(Carrier carrier, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            serve(pod, PORT, "nc -ll -p " + PORT + " -e sh -c 'read line; echo got $line'");
            for (int i = 0; i < 3; i++) {
                try (StreamClient client = carrier.connect(node, pod)) {
                    client.send("data", i + "\n");
                    client.readUntil("data", "got " + i + "\n");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    @DiffersOn(value = "containerd", why = "dials localhost, which is IPv4 where the pod's hosts file says so")
    void reachesIpv6WhereIpv4IsNotServed(Carrier carrier, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            serve(pod, PORT, "httpd -f -p [::1]:" + PORT + " -h /etc");
            try (StreamClient client = carrier.connect(node, pod)) {
                client.send("data", "GET /hosts HTTP/1.0\r\n\r\n");
                client.readUntil("data", "200 OK");
            }
        }
    }

    /** The channels of a WebSocket client cannot be ended. */
    @ParameterizedTest
    @EnumSource(value = Carrier.class, names = {"SPDY", "TUNNEL"})
    @DiffersOn(value = "containerd", why = "does not tell the pod that the client has ended its direction, but closes the connection")
    void passesTheEndOfEachDirectionOn(Carrier carrier, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            serve(pod, PORT, "nc -ll -p " + PORT + " -e wc -c");
            try (StreamClient client = carrier.connect(node, pod)) {
                client.send("data", new byte[5_000_000]);
                client.end("data");
                client.readToEndOf("data");
                assertThat(client.text("data").strip()).isEqualTo("5000000");
            }
        }
    }

    /** The server ends after its answer, and so does the connection of a client whose channels cannot be ended one by one. */
    @Test
    void webSocketEndsWithThePodsConnection(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            serve(pod, PORT, "nc -ll -p " + PORT + " -e echo all");
            try (StreamClient client = StreamClient.port(Transport.WEB_SOCKET, StreamUrls.portForward(node, pod, PORT), PORT)) {
                client.readToEnd();
                assertThat(client.text("data")).isEqualTo("all\n");
            }
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 speaks no SPDY inside WebSocket")
    void tunnelCarriesConnectionsSideBySide(Node node) throws Exception {
        byte[] one = new byte[5_000_000];
        byte[] other = new byte[5_000_000];
        new Random(1).nextBytes(one);
        new Random(2).nextBytes(other);
        try (Pod pod = Pod.run(node)) {
            serve(pod, PORT, "nc -ll -p " + PORT + " -e cat");
            try (StreamClient client = StreamClient.tunnel(StreamUrls.portForward(node, pod, PORT), PORT, 2)) {
                Thread sender = Thread.ofVirtual().start(() -> sendInTurn(client, one, other));
                client.readToEndOf("data");
                client.readToEndOf("data 1");
                sender.join();
                assertThat(Arrays.equals(client.bytes("data"), one)).isTrue();
                assertThat(Arrays.equals(client.bytes("data 1"), other)).isTrue();
            }
        }
    }

    private static void sendInTurn(StreamClient client, byte[] one, byte[] other) {
        int part = 10_007;
        try {
            for (int at = 0; at < one.length; at += part) {
                client.send("data", Arrays.copyOfRange(one, at, Math.min(one.length, at + part)));
                client.send("data 1", Arrays.copyOfRange(other, at, Math.min(other.length, at + part)));
            }
            client.end("data");
            client.end("data 1");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void reachesTheHostsNetwork(Node node) throws Exception {
        try (Pod pod = Pod.run(node, c -> c.clearHostname().getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder()
                .setNetwork(NamespaceMode.NODE))) {
            serve(pod, 17_777, "nc -ll -p 17777 -e echo host");
            try (StreamClient client = StreamClient.port(Transport.SPDY, StreamUrls.portForward(node, pod, 17_777), 17_777)) {
                client.readUntil("data", "host\n");
            }
        }
    }

    @Test
    void saysThatNobodyListens(Node node) throws Exception {
        try (Pod pod = Pod.run(node);
                StreamClient client = StreamClient.port(Transport.SPDY, StreamUrls.portForward(node, pod, PORT), PORT)) {
            client.readUntil("error", Integer.toString(PORT));
        }
    }

    @Test
    void isRefusedWhenItCannotWork(Node node) throws Exception {
        Failure.of(node, Code.NOT_FOUND, () -> node.cri().runtime()
                .portForward(PortForwardRequest.newBuilder().setPodSandboxId("0".repeat(64)).addPort(PORT).build()));
        try (Pod pod = Pod.run(node)) {
            pod.start("sleep", "1000").stop(Duration.ZERO);
            pod.stop();
            Failure.of(node, Code.FAILED_PRECONDITION, () -> StreamUrls.portForward(node, pod, PORT));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "finds out when the client has connected")
    void isRefusedForAPortThatCannotBe(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure.of(node, Code.INVALID_ARGUMENT, () -> StreamUrls.portForward(node, pod, 0));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> StreamUrls.portForward(node, pod, 65_536));
        }
    }
}

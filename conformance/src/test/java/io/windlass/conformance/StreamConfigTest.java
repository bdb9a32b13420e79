package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.SelfSigned;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.conformance.fixture.Wait;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@OnNode
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "another runtime's configuration is not ours to change")
class StreamConfigTest {
    private static final String[] ALL = {"error", "stdin", "stdout", "stderr"};

    private interface Body {
        void run() throws Exception;
    }

    /** Runs the daemon with more configuration meanwhile. */
    private static void configured(Node node, String more, Body body) throws Exception {
        Path file = node.scratch().resolve("windlass.toml");
        String before = Files.readString(file);
        try {
            Files.writeString(file, before + more);
            node.killDaemon();
            node.startDaemon();
            body.run();
        } finally {
            Files.writeString(file, before);
            restart(node);
        }
    }

    private static void restart(Node node) throws Exception {
        node.killDaemon();
        node.startDaemon();
        Pod.run(node).close(); // it has opened all that it opens once
    }

    /** Starts the daemon, which is down, with more configuration: that has to fail. */
    private static void refused(Node node, String more, String why) throws Exception {
        Path file = node.scratch().resolve("windlass.toml");
        String before = Files.readString(file);
        try {
            Files.writeString(file, before + more);
            Files.deleteIfExists(node.runtime().socket());
            assertThatThrownBy(node::startDaemon).as(more).hasMessageContaining(why);
        } finally {
            Files.writeString(file, before);
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "its configuration is another")
    void theDaemonDoesNotStartWithWhatCannotBeServed(Node node) throws Exception {
        node.killDaemon();
        try {
            refused(node, "[stream]\naddress = \"0.0.0.0:0\"\n", "0.0.0.0 can be reached by others: give it a certificate");
            refused(node, "[stream]\ndetach_keys = \"ctrl-1\"\n", "stream.detach_keys: not detach keys");
        } finally {
            restart(node);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DiffersOn(value = "containerd", why = "its configuration is another")
    void urlsNameAnAddressThatOthersReach(boolean all, Node node) throws Exception {
        SelfSigned server = SelfSigned.make(node.scratch());
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            String bridge = container.sh("ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'").strip();
            String stream = "[stream]\naddress = \"%s:0\"\ntls_cert = \"%s\"\ntls_key = \"%s\"\n".formatted(all ? "0.0.0.0" : bridge,
                    server.certificate(), server.key());
            configured(node, stream, () -> {
                String url = StreamUrls.exec(node, container, "echo from elsewhere");
                InetAddress named = InetAddress.getByName(URI.create(url).getHost());
                assertThat(NetworkInterface.getByInetAddress(named)).as("the interface of " + url).isNotNull();
                assertThat(all || named.getHostAddress().equals(bridge)).as(url).isTrue();
                try (StreamClient client = StreamClient.command(Transport.WEB_SOCKET, url)) {
                    client.readToEnd();
                    assertThat(client.text("stdout")).isEqualTo("from elsewhere\n");
                }
            });
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "its configuration is another")
    void streamsAreEncryptedWithACertificateAndEndWithoutTraffic(Node node) throws Exception {
        SelfSigned server = SelfSigned.make(node.scratch());
        String stream = "[stream]\ntls_cert = \"%s\"\ntls_key = \"%s\"\nidle_seconds = 2\n".formatted(server.certificate(), server.key());
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            configured(node, stream, () -> {
                String url = StreamUrls.exec(node, container, "cat");
                assertThat(url).startsWith("https://127.0.0.1:");
                long begin = System.nanoTime();
                try (StreamClient client = StreamClient.command(Transport.SPDY, url, ALL)) {
                    client.send("stdin", "secret\n");
                    client.readUntil("stdout", "secret\n");
                    client.readToEnd();
                    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(1));
                    assertThat(client.text("error")).isEmpty();
                }
                Wait.untilTrue("the end of the command", Duration.ofSeconds(10), () -> !container.sh("ps -o args").contains("cat\n"));
                try (StreamClient client = StreamClient.command(Transport.WEB_SOCKET, StreamUrls.exec(node, container, "echo hidden"))) {
                    client.readToEnd();
                    assertThat(client.text("stdout")).isEqualTo("hidden\n");
                }
            });
        }
    }
}

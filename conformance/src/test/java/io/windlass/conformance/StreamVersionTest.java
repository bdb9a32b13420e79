package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Commands for clients of every age: the versions of the protocol by either transport. */
@OnNode
class StreamVersionTest {
    private static final String[] ALL = {"error", "stdin", "stdout", "stderr"};
    private static final String[] TERMINAL = {"error", "stdin", "stdout", "resize"};
    private static final String FIRST = "channel.k8s.io";
    private static final String FIFTH = "v5.channel.k8s.io";

    private static StreamClient connect(String version, Transport transport, Node node, String url, String... streams) throws Exception {
        Assumptions.assumeTrue(!version.equals(FIFTH) || !node.runtime().name().equals("containerd"), "version 5 is not spoken");
        return StreamClient.command(version, transport, url, streams);
    }

    private static boolean structured(String version) {
        return version.startsWith("v4.") || version.equals(FIFTH);
    }

    @ParameterizedTest
    @CsvSource({"channel.k8s.io,SPDY", "v2.channel.k8s.io,SPDY", "v3.channel.k8s.io,SPDY", "v4.channel.k8s.io,SPDY",
            "channel.k8s.io,WEB_SOCKET", "base64.channel.k8s.io,WEB_SOCKET", "v4.channel.k8s.io,WEB_SOCKET",
            "v4.base64.channel.k8s.io,WEB_SOCKET", "v5.channel.k8s.io,WEB_SOCKET"})
    void keepsTheStreamsApartAndTellsTheCode(String version, Transport transport, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            try (StreamClient client = connect(version, transport, node,
                    StreamUrls.exec(node, container, "read line; echo out $line; echo err >&2; exit 7"), ALL)) {
                client.send("stdin", "of it\n");
                client.readToEnd();
                assertThat(client.text("stdout")).isEqualTo("out of it\n");
                assertThat(client.text("stderr")).isEqualTo("err\n");
                if (structured(version)) {
                    assertThat(client.text("error")).contains("\"reason\":\"NonZeroExitCode\"",
                            "\"reason\":\"ExitCode\",\"message\":\"7\"");
                } else if (!withholdsTheCode(version, transport, node)) {
                    assertThat(client.text("error")).startsWith("command terminated with non-zero exit code").endsWith("7");
                }
            }
            try (StreamClient client = connect(version, transport, node, StreamUrls.exec(node, container, "echo"), ALL)) {
                client.readToEnd();
                if (structured(version)) {
                    assertThat(client.text("error")).contains("\"status\":\"Success\"");
                } else {
                    assertThat(client.text("error")).isEmpty();
                }
            }
        }
    }

    /** A named difference: containerd resets the error stream of the first version before it has anything to say. */
    private static boolean withholdsTheCode(String version, Transport transport, Node node) {
        return version.equals(FIRST) && transport == Transport.SPDY && node.runtime().name().equals("containerd");
    }

    @ParameterizedTest
    @CsvSource({"v3.channel.k8s.io,SPDY", "v4.channel.k8s.io,SPDY", "v4.channel.k8s.io,WEB_SOCKET", "v4.base64.channel.k8s.io,WEB_SOCKET",
            "v5.channel.k8s.io,WEB_SOCKET"})
    void givesATerminalThatChangesItsSize(String version, Transport transport, Node node) throws Exception {
        try (Pod pod = Pod.run(node);
                StreamClient client = connect(version, transport, node, StreamUrls.terminal(node, pod.script("sleep 1000"), """
                        trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.1; done"""), TERMINAL)) {
            client.readUntil("stdout", "ready");
            client.send("resize", "{\"Width\":101,\"Height\":31}");
            client.readUntil("stdout", "31 101");
            client.readToEnd();
            assertThat(client.text("error")).contains("3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel.k8s.io", "v2.channel.k8s.io"})
    void givesATerminalToThoseThatCannotTellItsSize(String version, Node node) throws Exception {
        try (Pod pod = Pod.run(node);
                StreamClient client = connect(version, Transport.SPDY, node, StreamUrls.terminal(node, pod.script("sleep 1000"), "tty"),
                        "error", "stdin", "stdout")) {
            client.readToEnd();
            assertThat(client.text("stdout")).contains("/dev/pts/");
        }
    }
}

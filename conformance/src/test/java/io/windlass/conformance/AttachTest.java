package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.cri.v1.AttachRequest;
import io.windlass.cri.v1.ContainerState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class AttachTest {
    private static final String[] ALL = {"error", "stdin", "stdout", "stderr"};
    private static final String[] TERMINAL = {"error", "stdin", "stdout", "resize"};

    private static PodContainer reading(Pod pod, boolean once, String script) {
        return pod.start(c -> c.setStdin(true).setStdinOnce(once).addAllCommand(List.of("sh", "-c", script)));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void joinsTheStreamsUntilTheContainerEnds(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = reading(pod, false, "read line; echo got $line; echo err >&2; read line; exit 4");
            try (StreamClient client = StreamClient.command(transport, StreamUrls.attach(node, container, false), ALL)) {
                client.send("stdin", "one\n");
                client.readUntil("stdout", "got one\n");
                client.readUntil("stderr", "err\n");
                client.send("stdin", "two\n");
                client.readToEnd();
            }
            assertThat(container.awaitExit().getExitCode()).isEqualTo(4);
            assertThat(container.log()).extracting(line -> line.text()).contains("got one", "err");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void endsTheInputOfAContainerThatHasItOnce(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = reading(pod, true, "cat; echo end of input; exit 5");
            try (StreamClient client = StreamClient.command(transport, StreamUrls.attach(node, container, false), ALL)) {
                client.send("stdin", "text\n");
                client.end("stdin");
                client.readToEnd();
                assertThat(client.text("stdout")).isEqualTo("text\nend of input\n");
            }
            assertThat(container.awaitExit().getExitCode()).isEqualTo(5);
        }
    }

    @Test
    void endsTheInputWhenTheOnlyClientVanishes(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = reading(pod, true, "cat; exit 6");
            StreamClient client = StreamClient.command(Transport.SPDY, StreamUrls.attach(node, container, false), ALL);
            client.send("stdin", "here\n");
            client.readUntil("stdout", "here\n");
            client.vanish();
            assertThat(container.awaitExit().getExitCode()).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void leavesTheContainerAlone(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = reading(pod, false, "while read line; do echo got $line; done; exit 1");
            for (int i = 0; i < 3; i++) {
                StreamClient client = StreamClient.command(transport, StreamUrls.attach(node, container, false), ALL);
                client.send("stdin", i + "\n");
                client.readUntil("stdout", "got " + i + "\n");
                if (i == 0) {
                    client.end("stdin");
                    client.readToEnd();
                }
                client.vanish();
            }
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void joinsATerminal(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> c.setStdin(true).setTty(true).addAllCommand(List.of("sh")));
            try (StreamClient client = StreamClient.command(transport, StreamUrls.attach(node, container, true), TERMINAL)) {
                client.send("resize", "{\"Width\":99,\"Height\":22}");
                client.send("stdin", "while [ \"$(stty size)\" != '22 99' ]; do :; done; echo si''zed; exit 8\n");
                client.readUntil("stdout", "sized");
                client.readToEnd();
            }
            assertThat(container.awaitExit().getExitCode()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    @DiffersOn(value = "containerd", why = "has no keys to leave a terminal by")
    void detachKeysLetGoOfATerminal(Transport transport, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> c.setStdin(true).setStdinOnce(true).setTty(true)
                    .addAllCommand(List.of("sh", "-c", "while read line; do echo got $line; done")));
            leave(transport, node, container, "one", "\u0010\u0011");
            leave(transport, node, container, "two", "\u0010", "\u0011");
            leave(transport, node, container, "part\u0010of them", "\u0010\u0010", "\u0011");
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        }
    }

    /** Attaches, has a line answered, and presses the keys, which come in these frames. */
    private static void leave(Transport transport, Node node, PodContainer container, String line, String... keys) throws Exception {
        try (StreamClient client = StreamClient.command(transport, StreamUrls.attach(node, container, true), TERMINAL)) {
            client.send("stdin", line + "\n");
            client.readUntil("stdout", "got " + line);
            for (String frame : keys) {
                client.send("stdin", frame);
            }
            client.readToEnd();
            assertThat(client.text("error")).contains("\"status\":\"Success\"");
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "a runtime that somebody else started is not ours to kill")
    void survivesARestartOfTheDaemon(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = reading(pod, true, "cat; exit 9");
            node.killDaemon();
            node.startDaemon();
            try (StreamClient client = StreamClient.command(Transport.SPDY, StreamUrls.attach(node, container, false), ALL)) {
                client.send("stdin", "late\n");
                client.readUntil("stdout", "late\n");
                client.end("stdin");
                client.readToEnd();
            }
            assertThat(container.awaitExit().getExitCode()).isEqualTo(9);
        }
    }

    @Test
    void isRefusedWhenItCannotWork(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer ended = pod.script("true");
            ended.awaitExit();
            AttachRequest good = AttachRequest.newBuilder().setContainerId(ended.id()).setStdout(true).build();
            Failure.of(node, Code.FAILED_PRECONDITION, () -> node.cri().runtime().attach(good));
            Failure.of(node, Code.NOT_FOUND,
                    () -> node.cri().runtime().attach(good.toBuilder().setContainerId("0".repeat(64)).build()));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> node.cri().runtime().attach(good.toBuilder().setStdout(false).build()));
            Failure.of(node, Code.INVALID_ARGUMENT,
                    () -> node.cri().runtime().attach(good.toBuilder().setTty(true).setStderr(true).build()));
        }
    }
}

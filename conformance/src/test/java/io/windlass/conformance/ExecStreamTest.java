package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.DaemonMemory;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Refused;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ExecRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class ExecStreamTest {
    private static final String[] ALL = {"error", "stdin", "stdout", "stderr"};
    private static final String[] TERMINAL = {"error", "stdin", "stdout", "resize"};

    /** What the sockets of both sides, the pipe and the daemon may hold together. */
    private static final long MEGABYTES_UNDER_WAY = 40;
    private static final long GROWTH = 40 << 20;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void keepsTheStreamsApartAndTellsTheCode(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            try (StreamClient client = StreamClient.command(transport,
                    StreamUrls.exec(node, container, "echo out; echo err >&2; exit 7"), ALL)) {
                client.readToEnd();
                assertThat(client.text("stdout")).isEqualTo("out\n");
                assertThat(client.text("stderr")).isEqualTo("err\n");
                assertThat(client.text("error")).contains("\"status\":\"Failure\"", "\"reason\":\"NonZeroExitCode\"",
                        "\"reason\":\"ExitCode\",\"message\":\"7\"");
            }
            try (StreamClient client = StreamClient.command(transport, StreamUrls.exec(node, container, "true"), ALL)) {
                client.readToEnd();
                assertThat(client.text("error")).contains("\"status\":\"Success\"");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void passesTheEndOfInputOn(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node);
                StreamClient client = StreamClient.command(transport, StreamUrls.exec(node, pod.script("sleep 1000"), "wc -c; echo after"),
                        ALL)) {
            client.send("stdin", "12345");
            client.send("stdin", "67890");
            client.end("stdin");
            client.readToEnd();
            assertThat(client.text("stdout")).isEqualTo("10\nafter\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void carriesManyMegabytesBothWays(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        byte[] block = new byte[1 << 20];
        new Random(1).nextBytes(block);
        int blocks = 32;
        try (Pod pod = Pod.run(node);
                StreamClient client = StreamClient.command(transport, StreamUrls.exec(node, pod.script("sleep 1000"), "cat"), ALL)) {
            Thread sender = Thread.ofVirtual().start(() -> send(client, block, blocks));
            client.readToEnd();
            sender.join();
            byte[] back = client.bytes("stdout");
            assertThat(back.length).isEqualTo(blocks * block.length);
            for (int i = 0; i < back.length; i++) {
                if (back[i] != block[i % block.length]) {
                    Assertions.fail("byte " + i + " differs");
                }
            }
        }
    }

    private static void send(StreamClient client, byte[] block, int blocks) {
        try {
            for (int i = 0; i < blocks; i++) {
                client.send("stdin", block);
            }
            client.end("stdin");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void givesATerminalThatChangesItsSize(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node);
                StreamClient client = StreamClient.command(transport, StreamUrls.terminal(node, pod.script("sleep 1000"), """
                        trap 'stty size; exit 3' WINCH; tty; echo ready; while :; do sleep 0.1; done"""), TERMINAL)) {
            client.readUntil("stdout", "ready");
            assertThat(client.text("stdout")).contains("/dev/pts/");
            client.send("resize", "{\"Width\":101,\"Height\":31}");
            client.readUntil("stdout", "31 101");
            client.readToEnd();
            assertThat(client.text("error")).contains("\"message\":\"3\"");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void losesNothingOfATerminalThatEndsAtOnce(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            for (int i = 0; i < 20; i++) {
                try (StreamClient client = StreamClient.command(transport, StreamUrls.terminal(node, container, "echo hi"), TERMINAL)) {
                    client.readToEnd();
                    assertThat(client.text("stdout")).isEqualTo("hi\r\n");
                }
            }
        }
    }

    /** The leak check sees that nothing of it is left while the daemon runs. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    @DiffersOn(value = "containerd", why = "lets the processes run on until their input or output fails")
    void endsWithAClientThatVanishes(Transport transport, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            StreamClient client = StreamClient.command(transport, StreamUrls.exec(node, container, "sleep 4321 & echo on; sleep 4321"),
                    ALL);
            client.readUntil("stdout", "on");
            client.vanish();
            Wait.untilTrue("the end of its processes", Duration.ofSeconds(10), () -> !container.sh("ps -o args").contains("sleep 4321\n"));
            assertThat(container.sh("echo unharmed")).isEqualTo("unharmed\n");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void lastsAsLongAsItsCommandAndLeavesTheContainerWhatThatHasStarted(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            try (StreamClient client = StreamClient.command(transport,
                    StreamUrls.exec(node, container, "sleep 4321 <&- >/dev/null 2>&1 & echo on"), ALL)) {
                client.readToEnd();
                assertThat(client.text("stdout")).isEqualTo("on\n");
                assertThat(client.text("error")).contains("\"status\":\"Success\"");
            }
            assertThat(container.sh("ps -o args")).contains("sleep 4321");
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "keeps the client until nobody has the command's output open any more")
    void outputThatIsStillOpenKeepsNoClientAndKillsNobody(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            try (StreamClient client = StreamClient.command(Transport.SPDY, StreamUrls.exec(node, container,
                    "(while [ ! -e /go ]; do sleep 0.1; done; echo late && touch /wrote; sleep 4321) & echo on"), ALL)) {
                client.readToEnd();
                assertThat(client.text("stdout")).isEqualTo("on\n");
            }
            container.sh("touch /go");
            Wait.untilTrue("what the command has left writes", Duration.ofSeconds(10), () -> container.sh("ls /").contains("wrote"));
            assertThat(container.sh("ps -o args")).contains("sleep 4321");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatDoesNotReadStopsTheCommand(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            long before = DaemonMemory.own(node);
            try (StreamClient client = StreamClient.command(transport, StreamUrls.exec(node, container,
                    "n=0; while head -c 1000000 /dev/zero; do n=$((n+1)); echo $n >/n; done"), ALL)) {
                client.readUntil("stdout", 1_000_000);
                String stopped = Wait.untilUnchanged("the megabytes written", Duration.ofSeconds(30), Duration.ofSeconds(2),
                        () -> container.sh("cat /n"));
                assertThat(Long.parseLong(stopped.strip())).isLessThan(MEGABYTES_UNDER_WAY);
                assertThat(DaemonMemory.own(node) - before).isLessThan(GROWTH);
                client.counting().readUntil("stdout", 100_000_000);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    @DiffersOn(value = "containerd", why = "takes more than sixty megabytes before it stops the client")
    void aCommandThatDoesNotReadStopsItsClient(Transport transport, Node node) throws Exception {
        StreamUrls.assumeSpoken(node, transport);
        try (Pod pod = Pod.run(node);
                StreamClient client = StreamClient.command(transport, StreamUrls.exec(node, pod.script("sleep 1000"), "sleep 1000"),
                        ALL)) {
            long before = DaemonMemory.own(node);
            AtomicLong sent = new AtomicLong();
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        client.send("stdin", new byte[1_000_000]);
                        sent.incrementAndGet();
                    }
                } catch (IOException e) {
                    // the end of the connection
                }
            });
            long stopped = Wait.untilUnchanged("the megabytes sent", Duration.ofSeconds(30), Duration.ofSeconds(2), sent::get);
            assertThat(stopped).isLessThan(MEGABYTES_UNDER_WAY);
            assertThat(DaemonMemory.own(node) - before).isLessThan(GROWTH);
            client.vanish();
            sender.join();
        }
    }

    @Test
    void urlIsGoodOnceAndForItsVerb(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            String url = StreamUrls.exec(node, container, "true");
            StreamClient.command(Transport.SPDY, url, ALL).close();
            assertThat(refusal(url)).isEqualTo(404);
            String other = StreamUrls.exec(node, container, "true");
            assertThat(refusal(other.replace("/exec/", "/attach/"))).isEqualTo(404);
            assertThat(refusal(other.replaceAll("/[^/]*$", "/AAAAAAAAAAAAAAAAAAAAAA"))).isEqualTo(404);
        }
    }

    private static int refusal(String url) {
        Refused refused = Assertions.catchThrowableOfType(Refused.class, () -> StreamClient.command(Transport.SPDY, url, ALL).close());
        assertThat(refused).as("refused: " + url).isNotNull();
        return refused.code();
    }

    @Test
    void isRefusedWhenItCannotWork(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer running = pod.script("sleep 1000");
            PodContainer ended = pod.script("true");
            ended.awaitExit();
            ExecRequest good = ExecRequest.newBuilder().setContainerId(running.id()).addCmd("true").setStdout(true).build();
            Failure.of(node, Code.INVALID_ARGUMENT, () -> StreamUrls.exec(node, good.toBuilder().setTty(true).setStderr(true).build()));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> StreamUrls.exec(node, good.toBuilder().setStdout(false).build()));
            Failure.of(node, Code.NOT_FOUND, () -> StreamUrls.exec(node, good.toBuilder().setContainerId("0".repeat(64)).build()));
            Failure.of(node, Code.FAILED_PRECONDITION, () -> StreamUrls.exec(node, good.toBuilder().setContainerId(ended.id()).build()));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "finds out when the client has connected")
    void isRefusedWithoutACommand(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            ExecRequest none = ExecRequest.newBuilder().setContainerId(pod.script("sleep 1000").id()).setStdout(true).build();
            Failure.of(node, Code.INVALID_ARGUMENT, () -> StreamUrls.exec(node, none));
        }
    }

    @Test
    void saysWhatCannotBeStarted(Node node) throws Exception {
        try (Pod pod = Pod.run(node);
                StreamClient client = StreamClient.command(Transport.SPDY, StreamUrls.exec(node, ExecRequest.newBuilder()
                        .setContainerId(pod.script("sleep 1000").id()).addCmd("/bin/nope").setStdout(true).build()), "error", "stdout")) {
            client.readToEnd();
            assertThat(client.text("error")).contains("\"status\":\"Failure\"", "/bin/nope");
        }
    }
}

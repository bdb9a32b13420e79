package io.windlass.cri.stream;

import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class SpdyExecTest extends OwnServer {

    private static final String V4 = "v4.channel.k8s.io";
    private static final String SUCCESS = "{\"metadata\":{},\"status\":\"Success\"}";

    @Test
    void outputErrorsAndStatusComeOnTheirStreams() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(
                fixture.exec(new Wanted(false, true, true, false), "/bin/sh", "-c", "echo out; echo err >&2"),
                V4)) {
            int error = client.open("streamtype", "error");
            int stdout = client.open("streamtype", "stdout");
            int stderr = client.open("streamtype", "stderr");
            client.readAll();
            assertThat(client.text(stdout)).isEqualTo("out\n");
            assertThat(client.text(stderr)).isEqualTo("err\n");
            assertThat(client.text(error)).isEqualTo(SUCCESS);
            assertThat(client.finished).containsExactlyInAnyOrder(error, stdout, stderr);
            assertThat(client.goneAway).isTrue();
        }
    }

    @Test
    void exitCodeIsAStatus() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/sh", "-c", "exit 3"), V4)) {
            int error = client.open("streamtype", "error");
            client.open("streamtype", "stdout");
            client.readAll();
            assertThat(client.text(error)).isEqualTo("{\"metadata\":{},\"status\":\"Failure\","
                    + "\"message\":\"command terminated with non-zero exit code: 3\",\"reason\":\"NonZeroExitCode\","
                    + "\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"3\"}]}}");
        }
    }

    @Test
    void commandThatCannotStartIsAFailure() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/missing"), V4)) {
            int error = client.open("streamtype", "error");
            client.open("streamtype", "stdout");
            client.readAll();
            assertThat(client.text(error)).contains("\"status\":\"Failure\"").contains("exec /bin/missing: ENOENT")
                    .contains("InternalError");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel.k8s.io", "v2.channel.k8s.io", "v3.channel.k8s.io"})
    void olderClientsGetATextOrNothing(String protocol) throws IOException {
        for (int code : new int[]{0, 7}) {
            try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/sh", "-c", "echo x; exit " + code),
                    protocol)) {
                int error = client.open("streamtype", "error");
                int stdout = client.open("streamtype", "stdout");
                client.readAll();
                assertThat(client.text(stdout)).isEqualTo("x\n");
                assertThat(client.text(error)).isEqualTo(code == 0 ? "" : "command terminated with non-zero exit code: 7");
            }
        }
    }

    @Test
    void endOfInputReachesTheProcess() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.ALL, "/usr/bin/wc", "-c"), V4)) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.send(stdin, "12345", false);
            client.send(stdin, "67890", true);
            client.readAll();
            assertThat(client.text(stdout).strip()).isEqualTo("10");
            assertThat(client.text(error)).isEqualTo(SUCCESS);
        }
    }

    @Test
    void inputThatNobodyReadsDoesNotHinderTheEnd() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.ALL, "/bin/sh", "-c", "sleep 0.2; echo done"), V4)) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            for (int i = 0; i < 40; i++) {
                client.send(stdin, new byte[32 << 10], false);
            }
            client.readAll();
            assertThat(client.text(stdout)).isEqualTo("done\n");
            assertThat(client.text(error)).isEqualTo(SUCCESS);
        }
    }

    @Test
    void terminalHasASizeThatChanges() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.TTY, "/bin/sh"), V4)) {
            client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            int resize = client.open("streamtype", "resize");
            client.send(resize, "{\"Width\":100,", false);
            client.send(resize, "\"Height\":30}\n", false);
            client.send(stdin, "stty size; echo ready\n", false);
            client.readUntil(stdout, "30 100\r\n");
            client.send(resize, "nonsense}{\"Width\":0,\"Height\":9}{\"Width\":81,\"Height\":25}", false);
            client.control(SpdyTestClient.PING, 1);
            while (client.next().type() != SpdyTestClient.PING) { // its echo says the sizes have been taken
                assertThat(client.socket.isClosed()).isFalse();
            }
            client.send(stdin, "stty size\n", false);
            client.readUntil(stdout, "25 81\r\n");
            client.send(stdin, "exit 4\n", false);
            client.readAll();
            assertThat(client.text(1)).contains("\"message\":\"4\"");
        }
    }

    @Test
    void manyMegabytesFlowBothWaysWithoutWindowUpdates() throws Exception {
        byte[] block = new byte[1 << 20];
        new Random(1).nextBytes(block);
        int blocks = 64;
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.ALL, "/bin/cat"), V4)) {
            client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < blocks; i++) {
                        client.send(stdin, block, i == blocks - 1);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            client.readAll();
            writer.join();
            byte[] back = client.bytes(stdout);
            assertThat(back.length).isEqualTo(blocks * block.length);
            for (int i = 0; i < blocks; i++) {
                assertThat(Arrays.equals(back, i * block.length, (i + 1) * block.length, block, 0, block.length)).isTrue();
            }
        }
    }

    /** With some of these sizes there are bytes that the sockets have not taken when the output ends. */
    @Test
    void lateClientGetsTheEndOfTheOutput() throws Exception {
        for (int bytes = 2 << 20; bytes < 4 << 20; bytes += 128 << 10) {
            try (SpdyTestClient client = new SpdyTestClient(
                    fixture.exec(ServerFixture.OUT, "/usr/bin/head", "-c", Integer.toString(bytes), "/dev/zero"), V4, 4096)) {
                int error = client.open("streamtype", "error");
                int stdout = client.open("streamtype", "stdout");
                ServerFixture.await("output comes", () -> client.available() > 0);
                client.readAll();
                assertThat(client.bytes(stdout).length).isEqualTo(bytes);
                assertThat(client.text(error)).isEqualTo(SUCCESS);
                assertThat(client.goneAway).isTrue();
            }
        }
    }

    @Test
    void clientThatVanishesLeavesNoProcessAndNoDescriptor() throws Exception {
        long before = ServerFixture.descriptors();
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.ALL, "/bin/sh", "-c", "echo on; exec sleep 1000"), V4)) {
            client.open("streamtype", "error");
            client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.readUntil(stdout, "on\n");
            assertThat(fixture.target.running).hasSize(1);
            client.socket.setSoLinger(true, 0); // a reset, as from a client that is killed
        }
        ServerFixture.await("the process ends", () -> fixture.target.running.isEmpty());
        ServerFixture.await("descriptors are closed", () -> count() <= before);
    }

    private static long count() {
        try {
            return ServerFixture.descriptors();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void processLeftBehindDoesNotHoldTheClient() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/sh", "-c", "sleep 30 & echo started"), V4)) {
            client.open("streamtype", "error");
            int stdout = client.open("streamtype", "stdout");
            long start = System.nanoTime();
            client.readAll();
            assertThat(client.text(stdout)).isEqualTo("started\n");
            assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(15_000);
        }
    }

    @Test
    void strangeStreamsAreReset() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/echo", "hi"), V4)) {
            int strange = client.open("streamtype", "smell");
            int error = client.open("streamtype", "error");
            int twice = client.open("streamtype", "error");
            int stdout = client.open("streamtype", "stdout");
            client.readAll();
            assertThat(client.reset).contains(twice).hasSizeLessThanOrEqualTo(2);
            assertThat(client.text(stdout)).isEqualTo("hi\n");
            assertThat(client.finished).contains(error).doesNotContain(strange);
        }
    }

    @Test
    void outputThatIsResetIsClosedToTheProcess() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/usr/bin/yes"), V4)) {
            int error = client.open("streamtype", "error");
            int stdout = client.open("streamtype", "stdout");
            client.readUntil(stdout, "y\n");
            client.reset(stdout);
            client.readAll();
            assertThat(client.text(error)).contains("NonZeroExitCode");
            assertThat(client.finished).contains(error).doesNotContain(stdout);
        }
    }

    @Test
    void containerForgetsAClientThatHasGone() throws IOException {
        fixture.target.init = List.of("/bin/sleep", "30");
        HostTarget.HostProcess init;
        try (SpdyTestClient client = new SpdyTestClient(fixture.attach(ServerFixture.ALL), V4)) {
            client.open("streamtype", "error");
            client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            ServerFixture.await("the container runs", () -> !fixture.target.running.isEmpty());
            init = fixture.target.running.values().iterator().next();
            ServerFixture.await("the client waits for its end", () -> init.exit.getNumberOfDependents() == 2);
            assertThat(init.inputOver.getNumberOfDependents()).isEqualTo(1);
        }
        ServerFixture.await("only the target waits for its end",
                () -> init.exit.getNumberOfDependents() == 1 && init.inputOver.getNumberOfDependents() == 0);
        assertThat(init.exit).isNotDone();
        Processes.kill(init.pid, Processes.SIGKILL);
    }

    @Test
    void attachEndsWithTheInputUnlessItIsOnlyOnce() throws IOException {
        fixture.target.stdinOnce = false;
        try (SpdyTestClient client = new SpdyTestClient(fixture.attach(ServerFixture.ALL), V4)) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.send(stdin, "echo me\n", false);
            client.readUntil(stdout, "echo me\n");
            client.send(stdin, "", true);
            client.readAll();
            assertThat(client.text(error)).isEqualTo(SUCCESS);
        }
    }
}

package io.windlass.conformance;

import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while it has clients of a container. */
@Faulty
class FaultExecTest {
    private static final Duration AT_MOST = Duration.ofSeconds(10);
    private static final String[] ALL = {"error", "stdin", "stdout", "stderr"};

    @Row(11)
    void aCommandEndsWithTheDaemonThatWaitsForIt(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("ExecSync");
        Node node = faulty.node();
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            Duration phase = FaultyNode.measure(() -> container.sh("true"));
            faulty.killDuring(() -> container.exec(Duration.ofSeconds(30), List.of("sh", "-c", "sleep 654321 & sleep 654322")),
                    Moment.oneOf(random, Moment.after(Fault.moment(random, phase)),
                            () -> !FaultyNode.processesOf(node, "sleep 654322").isEmpty()));
            assertThat(FaultyNode.processesOf(node, "65432")).isEmpty();
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(container.sh("echo alive")).isEqualTo("alive\n");
        }
    }

    @Row(12)
    void clientsAreLetGoAndTheContainerIsUnharmed(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("attach, exec and port-forward");
        Node node = faulty.node();
        Transport transport = Transport.values()[random.nextInt(Transport.values().length)];
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(c -> c.setStdin(true).addAllCommand(
                    List.of("sh", "-c", "httpd -p 7777 -h /www; while read line; do echo got $line; done")));
            Wait.untilTrue("a server", AT_MOST, () -> container.sh("netstat -ltn").contains(":7777 "));
            StreamClient attached = StreamClient.command(transport, StreamUrls.attach(node, container, false), ALL);
            StreamClient command = StreamClient.command(transport, StreamUrls.exec(node, container, "echo here; sleep 654323"), ALL);
            StreamClient terminal = StreamClient.command(transport, StreamUrls.terminal(node, container, "echo here; sleep 654324"),
                    "error",
                    "stdin", "stdout", "resize");
            StreamClient port = StreamClient.port(transport, StreamUrls.portForward(node, pod, 7777), 7777);
            List<StreamClient> clients = List.of(attached, command, terminal, port);
            attached.send("stdin", "one\n");
            attached.readUntil("stdout", "got one\n");
            command.readUntil("stdout", "here");
            terminal.readUntil("stdout", "here");
            Thread.sleep(Fault.moment(random, Duration.ofMillis(50)));
            faulty.kill();
            for (StreamClient client : clients) {
                assertEnds(client);
                client.close();
            }
            faulty.start();
            assertThat(FaultyNode.processesOf(node, "65432")).isEmpty();
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            try (StreamClient again = StreamClient.command(transport, StreamUrls.attach(node, container, false), ALL)) {
                again.send("stdin", "two\n");
                again.readUntil("stdout", "got two\n");
            }
            container.awaitLog("got one\ngot two\n"); // a client may see a line before the log has it
        }
    }

    private static void assertEnds(StreamClient client) {
        try {
            client.readToEnd();
        } catch (IOException e) {
            // reset, which is an end too
        }
    }
}

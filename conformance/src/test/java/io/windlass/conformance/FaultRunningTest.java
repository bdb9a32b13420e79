package io.windlass.conformance;

import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while a container runs. */
@Faulty
class FaultRunningTest {
    /** The kernel kills one after the other for want of memory, and has a thousand others to kill where row 17 is run at the same time. */
    private static final Duration KERNEL = Duration.ofMinutes(3);
    private static final Duration PHASE = Duration.ofMillis(400);
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    /** Where a container's output goes. */
    enum Output {
        PIPE, TERMINAL
    }

    /** Lines come as fast as they go, so that the daemon dies with some of them in its hands. */
    @Row(7)
    void aRunningContainerStaysAndNoLineOfItIsLost(Fault fault, Output output, FaultyNode faulty) throws Exception {
        Random random = fault.random("container running, output to a " + output.name().toLowerCase(Locale.ROOT));
        Node node = faulty.node();
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate-" + node.next());
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.setTty(output == Output.TERMINAL).addAllCommand(List.of("sh", "-c",
                        "i=0; while [ ! -e /gate/close ]; do for x in 0 1 2 3 4 5 6 7 8 9; do echo $i$x; done; i=$((i+1)); done; exit 3"));
            });
            container.awaitLog("100");
            String init = init(node, container);
            Thread.sleep(Fault.moment(random, PHASE));
            faulty.kill();
            Thread.sleep(Fault.moment(random, PHASE));
            faulty.start();
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(init(node, container)).isEqualTo(init);
            assertThat(container.sh("echo alive")).isEqualTo("alive\n");
            Files.createFile(gate.resolve("close"));
            assertThat(container.awaitExit().getExitCode()).isEqualTo(3);
            List<String> lines = LogLine.text(container.logPath()).replace("\r", "").lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                String expected = i < 10 ? "0" + i : Integer.toString(i);
                if (!line.equals(expected)) { // an assertion for each of so many takes seconds
                    assertThat(line).as("line " + i + " of " + lines.size()).isEqualTo(expected);
                }
            }
        }
    }

    /** Its first process: the number on the host, which another may have later, and the time it was started at. See proc_pid_stat(5). */
    private static String init(Node node, PodContainer container) throws IOException {
        String pid = InspectTest.container(node, container).path("pid").asString();
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        return pid + " since " + stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
    }

    @Row(8)
    void anExitWhileTheDaemonIsAwayIsToldAsItWas(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("container exits while the daemon is away");
        Node node = faulty.node();
        int code = 1 + random.nextInt(255);
        int lines = random.nextInt(8000); // of 128 bytes: up to 1 MiB, what a pipe takes
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate-" + node.next());
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "x=" + "x".repeat(120)
                        + "; echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; i=0; while [ $i -lt " + lines
                        + " ]; do printf '%06d %s\\n' $i $x; i=$((i+1)); done; touch /gate/done; exit " + code));
            });
            container.awaitLog("before");
            Path init = Path.of("/proc", InspectTest.container(node, container).path("pid").asString());
            faulty.kill();
            Files.createFile(gate.resolve("open"));
            Wait.untilTrue("the end of the container, seen by its shim", AT_MOST, () -> Files.notExists(init));
            Thread.sleep(Fault.moment(random, PHASE));
            long again = System.currentTimeMillis();
            faulty.start();
            ContainerStatus status = container.awaitExit();
            assertThat(status.getExitCode()).isEqualTo(code);
            assertThat(status.getReason()).isEqualTo("Error");
            long done = Files.getLastModifiedTime(gate.resolve("done")).toMillis();
            assertThat(status.getFinishedAt() / 1_000_000).isBetween(done - 20, again);
            List<String> text = LogLine.text(container.log()).lines().toList();
            assertThat(text).hasSize(lines + 1);
            for (int i = 0; i < lines; i++) {
                assertThat(text.get(i + 1)).startsWith(String.format("%06d x", i));
            }
        }
    }

    @Row(8)
    void memoryThatRanOutWhileTheDaemonWasAwayIsTold(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("container runs out of memory while the daemon is away");
        Node node = faulty.node();
        long limit = (16L + random.nextInt(32)) << 20;
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate-" + node.next());
            PodContainer container = pod.start(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(limit).setMemorySwapLimitInBytes(limit);
                c.addAllCommand(List.of("sh", "-c",
                        "echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done"));
            });
            container.awaitLog("before");
            Thread.sleep(Fault.moment(random, PHASE));
            faulty.kill();
            Files.createFile(gate.resolve("open"));
            Wait.untilTrue("the end of the container", KERNEL, () -> FaultyNode.processesOf(node, "/gate/open").isEmpty());
            faulty.start();
            ContainerStatus status = container.awaitExit();
            assertThat(status.getReason()).isEqualTo("OOMKilled");
            assertThat(status.getExitCode()).isEqualTo(137);
        }
    }
}

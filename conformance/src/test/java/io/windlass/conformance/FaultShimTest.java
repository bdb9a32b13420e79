package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Processes;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** Somebody kills or stops a shim. */
@Faulty
class FaultShimTest {
    private static final Duration PHASE = Duration.ofMillis(100);
    private static final Duration AT_MOST = Duration.ofSeconds(10);

    @Row(13)
    void aContainerEndsWithItsShim(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("kill -9 of a shim");
        try (Pod pod = Pod.run(faulty.node())) {
            PodContainer other = pod.script("sleep 1000");
            PodContainer container = family(pod);
            Thread.sleep(Fault.moment(random, PHASE));
            signal(faulty.node(), container, "KILL");
            assertEnded(faulty.node(), container);
            assertThat(other.sh("echo alive")).isEqualTo("alive\n");
            ContainerStatus status = container.status();
            faulty.kill();
            faulty.start();
            assertThat(container.status()).isEqualTo(status);
        }
    }

    @Row(14)
    void aContainerEndsWithItsShimWhileTheDaemonIsAway(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("kill -9 of a shim and the daemon");
        try (Pod pod = Pod.run(faulty.node())) {
            PodContainer container = family(pod);
            if (random.nextBoolean()) {
                faulty.kill();
                Thread.sleep(Fault.moment(random, PHASE));
                signal(faulty.node(), container, "KILL");
            } else {
                signal(faulty.node(), container, "KILL");
                faulty.kill();
            }
            Thread.sleep(Fault.moment(random, PHASE));
            faulty.start();
            assertEnded(faulty.node(), container);
        }
    }

    @Row(15)
    void aStoppedShimHoldsUpNobody(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("SIGSTOP of a shim");
        try (Pod pod = Pod.run(faulty.node())) {
            PodContainer other = pod.script("sleep 1000");
            PodContainer container = family(pod);
            Thread.sleep(Fault.moment(random, PHASE));
            signal(faulty.node(), container, "STOP");
            assertThat(other.sh("echo alive")).isEqualTo("alive\n");
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            endsInTime(() -> assertThat(container.exec(Duration.ofSeconds(1), List.of("true")).getExitCode()).isZero());
            endsInTime(() -> container.exec(Duration.ofSeconds(1), List.of("sleep", "765434")));
            try (Pod next = Pod.run(faulty.node())) {
                assertThat(next.script("echo next").output()).isEqualTo("next\n");
            }
            if (random.nextBoolean()) {
                faulty.kill();
                faulty.start();
            }
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            container.stop(Duration.ofSeconds(random.nextInt(2)));
            assertEnded(faulty.node(), container);
            ContainerStatus status = container.status();
            faulty.kill();
            faulty.start();
            assertThat(container.status()).isEqualTo(status);
        }
    }

    /** A command works, or the daemon itself ends it at its timeout. */
    private static void endsInTime(Insist.Step command) throws Exception {
        try {
            command.run();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(e.getStatus().getDescription()).contains("did not end within 1 seconds");
        }
    }

    /** A container with more than one process. */
    private static PodContainer family(Pod pod) {
        PodContainer container = pod.script("sleep 765431 & sleep 765432 & echo ready; sleep 765433");
        container.awaitLog("ready");
        return container;
    }

    private static void signal(Node node, PodContainer container, String signal) throws Exception {
        Path exit = node.scratch().resolve("state/containers/" + container.id() + "/exit");
        List<Long> shims = Processes.openers(exit);
        assertThat(shims).as("the shim of " + container.id()).hasSize(1);
        Command.output("kill", "-" + signal, shims.getFirst().toString());
    }

    private static void assertEnded(Node node, PodContainer container) {
        ContainerStatus status = container.awaitExit();
        assertThat(status.getExitCode()).isIn(137, 255);
        assertThat(status.getFinishedAt()).isGreaterThanOrEqualTo(status.getStartedAt());
        Wait.untilTrue("the end of its processes", AT_MOST, () -> FaultyNode.processesOf(node, "76543").isEmpty());
    }
}

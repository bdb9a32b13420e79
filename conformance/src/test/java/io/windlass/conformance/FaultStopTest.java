package io.windlass.conformance;

import io.windlass.conformance.FaultyNode.Cut;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandboxState;
import java.time.Duration;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while it stops and removes. */
@Faulty
class FaultStopTest {
    private static final Duration GRACE = Duration.ofSeconds(20);

    @Row(9)
    void aStopThatWasCutIsFinishedByTheNext(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("StopContainer");
        Node node = faulty.node();
        boolean kill = random.nextBoolean();
        try (Pod pod = Pod.run(node)) {
            PodContainer other = stoppable(pod);
            Duration phase = FaultyNode.measure(() -> {
                other.stop(kill ? Duration.ZERO : GRACE);
                return true;
            });
            PodContainer container = stoppable(pod);
            faulty.killDuring(() -> {
                container.stop(kill ? Duration.ZERO : GRACE);
                return true;
            }, Moment.after(Fault.moment(random, phase.multipliedBy(5).dividedBy(4))));
            container.stop(kill ? Duration.ZERO : GRACE);
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            assertThat(container.status().getExitCode()).isEqualTo(kill ? 137 : 7);
            container.stop(GRACE);
            assertThat(FaultyNode.processesOf(node, "echo ready")).isEmpty();
        }
    }

    private static PodContainer stoppable(Pod pod) {
        PodContainer container = pod.script("trap 'sleep 0.1; exit 7' TERM; echo ready; while :; do sleep 0.01; done");
        container.awaitLog("ready");
        return container;
    }

    @Row(10)
    void aRemovalThatWasCutIsFinishedByTheNext(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("RemoveContainer");
        Node node = faulty.node();
        boolean running = random.nextBoolean();
        try (Pod pod = Pod.run(node)) {
            Duration phase = FaultyNode.measure(() -> {
                removable(pod, running).remove();
                return true;
            });
            PodContainer container = removable(pod, running);
            Cut<Boolean> cut = faulty.killDuring(() -> {
                container.remove();
                return true;
            }, Moment.oneOf(random, Moment.after(Fault.moment(random, phase)), Moment.change(node.scratch().resolve("root/snapshots")),
                    Moment.change(node.scratch().resolve("state/containers"))));
            if (cut.answered()) {
                assertThat(isListed(node, container)).isFalse();
            }
            container.remove();
            assertThat(isListed(node, container)).isFalse();
            container.remove();
        }
    }

    private static PodContainer removable(Pod pod, boolean running) {
        PodContainer container = pod.script(running ? "sleep 1000" : "exit 0");
        if (!running) {
            container.awaitExit();
        }
        return container;
    }

    private static boolean isListed(Node node, PodContainer container) {
        return node.cri().runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList().stream()
                .map(Container::getId).anyMatch(container.id()::equals);
    }

    @Row(10)
    void aSandboxThatIsBeingStoppedOrRemovedGoesWithTheNextCall(Fault fault, FaultyNode faulty) throws Exception {
        removePod(fault.random("StopPodSandbox and RemovePodSandbox"), faulty);
    }

    @Row(10)
    @OnPlugins
    void aSandboxOfPluginsThatIsBeingStoppedOrRemovedGoesWithTheNextCall(Fault fault, FaultyNode faulty) throws Exception {
        removePod(fault.random("StopPodSandbox and RemovePodSandbox with plugins"), faulty);
    }

    private static void removePod(Random random, FaultyNode faulty) throws Exception {
        Node node = faulty.node();
        boolean stop = random.nextBoolean();
        Duration phase = FaultyNode.measure(() -> {
            Pod.run(node).close();
            return true;
        });
        try (Pod pod = Pod.run(node)) {
            pod.script("sleep 1000");
            faulty.killDuring(() -> {
                if (stop) {
                    pod.stop();
                } else {
                    pod.remove();
                }
                return true;
            }, Moment.oneOf(random, Moment.after(Fault.moment(random, phase)), Moment.change(node.scratch().resolve("state/sandboxes")),
                    Moment.change(node.scratch().resolve("root/cni/leases/" + node.subnet().bridge())),
                    Moment.change(node.scratch().resolve("leases/" + node.subnet().bridge()))));
            pod.stop();
            assertThat(node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList())
                    .allMatch(sandbox -> sandbox.getState() == PodSandboxState.SANDBOX_NOTREADY);
            pod.stop();
            pod.remove();
            assertThat(node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()).isEmpty();
            pod.remove();
        }
    }
}

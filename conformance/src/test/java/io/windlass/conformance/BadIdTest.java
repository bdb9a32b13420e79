package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.ReopenContainerLogRequest;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.cri.v1.UpdateContainerResourcesRequest;
import io.windlass.cri.v1.UpdatePodSandboxResourcesRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Ids of nothing, beginnings of more than one id, and ids of what has been stopped. */
@OnNode
class BadIdTest {
    private static final String ABSENT = "0".repeat(64);
    private static final LinuxContainerResources LIMITS = LinuxContainerResources.newBuilder().setCpuShares(512).build();

    private static void refused(Node node, Code code, ThrowingCallable... calls) {
        for (ThrowingCallable call : calls) {
            Failure.of(node, code, call);
        }
    }

    /** Whether the last id begins with the digit of one before: so it is with the seventeenth at the latest. */
    private static <T> boolean shareADigit(List<T> made, Function<T, String> id) {
        return made.stream().map(one -> id.apply(one).substring(0, 1)).distinct().count() < made.size();
    }

    /** On the host's network, for the sake of time. */
    private static Pod run(Node node) throws IOException {
        return Pod.run(node, (PodSandboxConfig.Builder c) -> c.clearHostname().getLinuxBuilder().getSecurityContextBuilder()
                .getNamespaceOptionsBuilder().setNetwork(NamespaceMode.NODE));
    }

    @Test
    void beginningOfSeveralSandboxesIsRefused(Node node) throws Exception {
        List<Pod> pods = new ArrayList<>();
        try {
            while (!shareADigit(pods, Pod::id)) {
                pods.add(run(node));
            }
            String digit = pods.getLast().id().substring(0, 1);
            var runtime = node.cri().runtime();
            refused(node, Code.INVALID_ARGUMENT,
                    () -> runtime.podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(digit).build()),
                    () -> runtime.updatePodSandboxResources(UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(digit).build()),
                    () -> runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(digit).build()),
                    () -> runtime.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(digit).build()));
            assertThat(pods).allMatch(pod -> pod.status().getState() == PodSandboxState.SANDBOX_READY);
        } finally {
            for (Pod pod : pods) {
                pod.close();
            }
        }
    }

    @Test
    void beginningOfSeveralContainersIsRefused(Node node) throws Exception {
        try (Pod pod = run(node)) {
            List<PodContainer> containers = new ArrayList<>();
            while (!shareADigit(containers, PodContainer::id)) {
                containers.add(pod.create(c -> c.addCommand("true")));
            }
            String digit = containers.getLast().id().substring(0, 1);
            var runtime = node.cri().runtime();
            refused(node, Code.INVALID_ARGUMENT,
                    () -> runtime.containerStatus(ContainerStatusRequest.newBuilder().setContainerId(digit).build()),
                    () -> runtime.updateContainerResources(
                            UpdateContainerResourcesRequest.newBuilder().setContainerId(digit).setLinux(LIMITS).build()),
                    () -> runtime.execSync(ExecSyncRequest.newBuilder().setContainerId(digit).addCmd("true").build()),
                    () -> runtime.startContainer(StartContainerRequest.newBuilder().setContainerId(digit).build()),
                    () -> runtime.stopContainer(StopContainerRequest.newBuilder().setContainerId(digit).build()),
                    () -> runtime.removeContainer(RemoveContainerRequest.newBuilder().setContainerId(digit).build()));
            assertThat(containers).allMatch(container -> container.status().getState() == ContainerState.CONTAINER_CREATED);
        }
    }

    @Test
    void nothingIsChangedOfWhatIsNotThere(Node node) {
        var runtime = node.cri().runtime();
        refused(node, Code.NOT_FOUND,
                () -> runtime.updateContainerResources(
                        UpdateContainerResourcesRequest.newBuilder().setContainerId(ABSENT).setLinux(LIMITS).build()),
                () -> runtime.reopenContainerLog(ReopenContainerLogRequest.newBuilder().setContainerId(ABSENT).build()),
                () -> runtime.updatePodSandboxResources(
                        UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(ABSENT).setResources(LIMITS).build()));
    }

    @Test
    void limitsOfAStoppedSandboxAreNotChanged(Node node) throws Exception {
        try (Pod pod = run(node)) {
            pod.stop();
            refused(node, Code.FAILED_PRECONDITION, () -> node.cri().runtime().updatePodSandboxResources(
                    UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(pod.id()).setResources(LIMITS).build()));
        }
    }
}

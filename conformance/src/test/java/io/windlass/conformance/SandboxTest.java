package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxFilter;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.PodSandboxStateValue;
import io.windlass.cri.v1.PodSandboxStatus;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class SandboxTest {

    @Test
    void runsAndTellsWhatItWasAskedFor(Node node) throws Exception {
        long before = System.currentTimeMillis() * 1_000_000;
        try (Pod pod = Pod.run(node, config -> config.putLabels("a", "b").putAnnotations("c", "d"))) {
            PodSandboxStatus status = pod.status();
            assertThat(pod.id()).matches("[0-9a-f]{64}");
            assertThat(status.getId()).isEqualTo(pod.id());
            assertThat(status.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
            assertThat(status.getMetadata()).isEqualTo(pod.config().getMetadata());
            assertThat(status.getLabelsMap()).containsExactlyEntriesOf(pod.config().getLabelsMap());
            assertThat(status.getAnnotationsMap()).containsExactlyEntriesOf(pod.config().getAnnotationsMap());
            assertThat(status.getCreatedAt()).isBetween(before, System.currentTimeMillis() * 1_000_000 + 1_000_000);
            assertThat(status.getLinux().getNamespaces().getOptions())
                    .isEqualTo(pod.config().getLinux().getSecurityContext().getNamespaceOptions());
            assertThat(status.getNetwork().getIp()).matches(node.subnet()::holds);
        }
    }

    @Test
    void isListedByEveryFilter(Node node) throws Exception {
        try (Pod one = Pod.run(node, config -> config.putLabels("app", "one").putLabels("tier", "x"));
                Pod two = Pod.run(node, config -> config.putLabels("app", "two").putLabels("tier", "x"))) {
            assertThat(list(node, PodSandboxFilter.newBuilder())).contains(one.id(), two.id());
            assertThat(list(node, PodSandboxFilter.newBuilder().setId(one.id()))).containsExactly(one.id());
            assertThat(list(node, PodSandboxFilter.newBuilder().setId(one.id().substring(0, 20)))).containsExactly(one.id());
            assertThat(list(node, PodSandboxFilter.newBuilder().putLabelSelector("tier", "x"))).containsExactlyInAnyOrder(one.id(),
                    two.id());
            assertThat(list(node, PodSandboxFilter.newBuilder().putLabelSelector("tier", "x").putLabelSelector("app", "two")))
                    .containsExactly(two.id());
            two.stop();
            assertThat(list(node, state(PodSandboxState.SANDBOX_READY))).contains(one.id()).doesNotContain(two.id());
            assertThat(list(node, state(PodSandboxState.SANDBOX_NOTREADY))).contains(two.id()).doesNotContain(one.id());
            assertThat(list(node, PodSandboxFilter.newBuilder().setId("0".repeat(64)))).isEmpty();
        }
    }

    @Test
    void isStoppedAndRemovedAsOftenAsOneLikes(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            pod.stop();
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            pod.stop();
            pod.remove();
            Failure.of(node, Code.NOT_FOUND, pod::status);
            pod.remove();
        }
    }

    @Test
    void isRemovedWhileItRunsWithItsContainers(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            pod.script("sleep 1000");
            pod.remove();
            assertThat(list(node, PodSandboxFilter.newBuilder().setId(pod.id()))).isEmpty();
        }
    }

    @Test
    void stopsItsContainersWhenStopped(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            var container = pod.script("sleep 1000");
            pod.stop();
            assertThat(container.awaitExit().getExitCode()).isEqualTo(137);
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 answers NotFound")
    void isStoppedThoughItIsUnknown(Node node) {
        node.cri().runtime().stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId("0".repeat(64)).build());
    }

    @Test
    void isUnknown(Node node) {
        String unknown = "0".repeat(64);
        node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(unknown).build());
        Failure failure = Failure.of(node, Code.NOT_FOUND,
                () -> node.cri().runtime().podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(unknown).build()));
        assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    @DiffersOn(value = "containerd", why = "a second create of one name is refused as reserved")
    void isGivenAgainToARetryOfItsCreation(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            String again = node.cri().runtime().runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod.config()).build())
                    .getPodSandboxId();
            assertThat(again).isEqualTo(pod.id());
        }
    }

    @Test
    void tellsMoreWhenAsked(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            assertThat(node.cri().runtime()
                    .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod.id()).setVerbose(true).build())
                    .getInfoMap()).containsKey("info");
        }
    }

    private static PodSandboxFilter.Builder state(PodSandboxState state) {
        return PodSandboxFilter.newBuilder().setState(PodSandboxStateValue.newBuilder().setState(state));
    }

    private static List<String> list(Node node, PodSandboxFilter.Builder filter) {
        return node.cri().runtime().listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build()).getItemsList().stream()
                .map(PodSandbox::getId).toList();
    }
}

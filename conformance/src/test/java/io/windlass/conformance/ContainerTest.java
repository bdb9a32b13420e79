package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.CheckpointContainerRequest;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStateValue;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class ContainerTest {

    @Test
    void goesFromCreatedToRunningToExited(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod
                    .create(c -> c.addAllCommand(List.of("sleep", "1000")).putLabels("a", "b").putAnnotations("c", "d"));
            ContainerStatus created = container.status();
            assertThat(created.getState()).isEqualTo(ContainerState.CONTAINER_CREATED);
            assertThat(created.getCreatedAt()).isPositive();
            assertThat(created.getStartedAt()).isZero();
            assertThat(created.getMetadata()).isEqualTo(container.config().getMetadata());
            assertThat(created.getLabelsMap()).isEqualTo(container.config().getLabelsMap());
            assertThat(created.getAnnotationsMap()).isEqualTo(container.config().getAnnotationsMap());
            assertThat(created.getImage().getImage()).isEqualTo(node.busybox());
            assertThat(created.getLogPath()).isEqualTo(container.logPath().toString());
            container.start();
            ContainerStatus running = container.status();
            assertThat(running.getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(running.getStartedAt()).isGreaterThanOrEqualTo(running.getCreatedAt());
            assertThat(running.getFinishedAt()).isZero();
            container.stop(Duration.ZERO);
            ContainerStatus exited = container.status();
            assertThat(exited.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            assertThat(exited.getExitCode()).isEqualTo(137);
            assertThat(exited.getFinishedAt()).isGreaterThanOrEqualTo(exited.getStartedAt());
            container.remove();
            assertThat(Failure.of(container::status).code()).isEqualTo(Code.NOT_FOUND);
        }
    }

    @ParameterizedTest
    @CsvSource({"true,0,Completed", "exit 3,3,Error", "exit 255,255,Error", "kill -9 $$,137,Error", "kill -15 $$ ; sleep 9,143,Error"})
    void exitsWithACodeAndAReason(String script, int code, String reason, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            // the shell is not the first process, which is immune to signals of its own namespace
            ContainerStatus status = pod.script("sh -c '" + script + "'; exit $?").awaitExit();
            assertThat(status.getExitCode()).isEqualTo(code);
            assertThat(status.getReason()).isEqualTo(reason);
        }
    }

    @Test
    void isListedByEveryFilter(Node node) throws Exception {
        try (Pod pod = Pod.run(node); Pod other = Pod.run(node)) {
            PodContainer a = pod.create(c -> c.addCommand("true").putLabels("app", "a").putLabels("tier", "x"));
            PodContainer b = pod.start(c -> c.addAllCommand(List.of("sleep", "1000")).putLabels("app", "b").putLabels("tier", "x"));
            PodContainer c = other.script("sleep 1000");
            assertThat(list(node, ContainerFilter.newBuilder())).contains(a.id(), b.id(), c.id());
            assertThat(list(node, ContainerFilter.newBuilder().setId(a.id()))).containsExactly(a.id());
            assertThat(list(node, ContainerFilter.newBuilder().setId(a.id().substring(0, 20)))).containsExactly(a.id());
            assertThat(list(node, ContainerFilter.newBuilder().setPodSandboxId(pod.id()))).containsExactlyInAnyOrder(a.id(), b.id());
            assertThat(list(node, ContainerFilter.newBuilder().setPodSandboxId(other.id()))).containsExactly(c.id());
            assertThat(list(node, ContainerFilter.newBuilder().putLabelSelector("tier", "x"))).containsExactlyInAnyOrder(a.id(), b.id());
            assertThat(list(node, ContainerFilter.newBuilder().putLabelSelector("tier", "x").putLabelSelector("app", "b")))
                    .containsExactly(b.id());
            ContainerStateValue running = ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_RUNNING).build();
            assertThat(list(node, ContainerFilter.newBuilder().setPodSandboxId(pod.id()).setState(running))).containsExactly(b.id());
            assertThat(list(node, ContainerFilter.newBuilder().setId("0".repeat(64)))).isEmpty();
        }
    }

    @Test
    void isStoppedByItsSignalWithinTheGrace(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
            container.awaitLog("ready");
            container.stop(Duration.ofSeconds(20));
            assertThat(container.status().getExitCode()).isEqualTo(7);
            assertThat(container.log()).anyMatch(line -> line.text().equals("bye"));
        }
    }

    @Test
    void isKilledAfterTheGrace(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("trap '' TERM; echo ready; while :; do sleep 0.05; done");
            container.awaitLog("ready");
            long before = System.nanoTime();
            container.stop(Duration.ofSeconds(1));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
            assertThat(container.status().getExitCode()).isEqualTo(137);
            assertThat(container.status().getReason()).isEqualTo("Error");
        }
    }

    @Test
    void isStoppedAndRemovedAsOftenAsOneLikes(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            container.stop(Duration.ZERO);
            container.stop(Duration.ZERO);
            container.remove();
            container.remove();
            node.cri().runtime().removeContainer(RemoveContainerRequest.newBuilder().setContainerId("0".repeat(64)).build());
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 answers NotFound")
    void isStoppedThoughItIsUnknown(Node node) {
        node.cri().runtime().stopContainer(StopContainerRequest.newBuilder().setContainerId("0".repeat(64)).build());
    }

    @Test
    void isRemovedWhileItRuns(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            container.remove();
            assertThat(list(node, ContainerFilter.newBuilder().setId(container.id()))).isEmpty();
        }
    }

    @Test
    void isRemovedBeforeItWasStarted(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(c -> c.addCommand("true"));
            container.remove();
            assertThat(Failure.of(container::start).code()).isEqualTo(Code.NOT_FOUND);
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "a second create of one name is refused as reserved")
    void isGivenAgainToARetryOfItsCreation(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(c -> c.addCommand("true"));
            String again = node.cri().runtime().createContainer(CreateContainerRequest.newBuilder().setPodSandboxId(pod.id())
                    .setConfig(container.config()).setSandboxConfig(pod.config()).build()).getContainerId();
            assertThat(again).isEqualTo(container.id());
        }
    }

    @Test
    void leavesEveryProcessOfItsTreeDead(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1234 & sleep 1234 & sleep 0.1");
            assertThat(container.awaitExit().getExitCode()).isZero();
        }
    }

    @Test
    void tellsMoreWhenAsked(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            assertThat(node.cri().runtime()
                    .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(container.id()).setVerbose(true).build())
                    .getInfoMap().get("info")).contains("\"pid\"");
        }
    }

    private static List<String> list(Node node, ContainerFilter.Builder filter) {
        return node.cri().runtime().listContainers(ListContainersRequest.newBuilder().setFilter(filter).build()).getContainersList()
                .stream()
                .map(Container::getId).toList();
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 has no checkpoints")
    void isNotCheckpointedWithoutCriu(Node node) throws Exception {
        Failure.of(node, Code.NOT_FOUND, () -> checkpoint(node, "0".repeat(64)));
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(config -> config.addCommand("sleep").addCommand("1000"));
            Failure.of(node, Code.FAILED_PRECONDITION, () -> checkpoint(node, container.id()));
            container.start();
            Failure failure = Failure.of(() -> checkpoint(node, container.id()));
            assertThat(failure.code()).isIn(Code.FAILED_PRECONDITION, Code.UNIMPLEMENTED);
            assertThat(failure.message()).contains(container.id(), "criu");
        }
    }

    private static void checkpoint(Node node, String id) {
        node.cri().runtime()
                .checkpointContainer(CheckpointContainerRequest.newBuilder().setContainerId(id).setLocation("/nowhere").build());
    }
}

package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.EventStream;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerEventResponse;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.PodSandboxState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static io.windlass.cri.v1.ContainerEventType.CONTAINER_DELETED_EVENT;
import static io.windlass.cri.v1.ContainerEventType.CONTAINER_STOPPED_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

/** GetContainerEvents, as a kubelet with an evented PLEG uses it. */
@OnNode
@DiffersOn(value = "containerd", why = "1.6 has no events")
class EventTest {

    @Test
    void tellTheLifeOfAPodInOrder(Node node) throws Exception {
        try (Pod other = Pod.run(node); EventStream events = EventStream.listen(other)) {
            Pod pod = Pod.run(node);
            PodContainer container = pod.script("read line < /dev/null; exit 3");
            ContainerEventResponse stopped = events.await(container.id(), CONTAINER_STOPPED_EVENT);
            container.remove();
            pod.close();
            ContainerEventResponse gone = events.await(pod.id(), CONTAINER_DELETED_EVENT);

            assertThat(types(events.of(container.id()))).containsExactly("CREATED", "STARTED", "STOPPED", "DELETED");
            assertThat(types(events.of(pod.id()))).containsExactly("CREATED", "STARTED", "STOPPED", "DELETED");
            assertThat(events.events()).extracting(ContainerEventResponse::getCreatedAt).isSorted();
            ContainerStatus status = stopped.getContainersStatuses(0);
            assertThat(status.getId()).isEqualTo(container.id());
            assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            assertThat(status.getExitCode()).isEqualTo(3);
            assertThat(status.getFinishedAt()).isPositive();
            assertThat(stopped.getPodSandboxStatus().getId()).isEqualTo(pod.id());
            assertThat(stopped.getPodSandboxStatus().getMetadata()).isEqualTo(pod.config().getMetadata());
            assertThat(stopped.getPodSandboxStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
            assertThat(stopped.getPodSandboxStatus().getNetwork().getIp()).isNotEmpty();
            assertThat(gone.getPodSandboxStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            assertThat(gone.getPodSandboxStatus().getMetadata()).isEqualTo(pod.config().getMetadata());
            assertThat(gone.getContainersStatusesList()).isEmpty();
        }
    }

    @Test
    void tellThatMemoryRanOut(Node node) throws Exception {
        try (Pod pod = Pod.run(node); EventStream events = EventStream.listen(pod)) {
            PodContainer container = pod.start(config -> {
                config.addCommand("sh").addCommand("-c").addCommand("x=a; while :; do x=$x$x; done");
                config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(16 << 20).setMemorySwapLimitInBytes(16 << 20);
            });
            ContainerStatus status = events.await(container.id(), CONTAINER_STOPPED_EVENT).getContainersStatusesList().stream()
                    .filter(one -> one.getId().equals(container.id())).findFirst().orElseThrow();
            assertThat(status.getReason()).isEqualTo("OOMKilled");
            assertThat(status.getExitCode()).isEqualTo(137);
        }
    }

    @Test
    void tellOfAStartThatFailed(Node node) throws Exception {
        try (Pod pod = Pod.run(node); EventStream events = EventStream.listen(pod)) {
            PodContainer container = pod.create(config -> config.addCommand("/no/such/program"));
            Failure.of(node, Code.FAILED_PRECONDITION, container::start);
            ContainerEventResponse stopped = events.await(container.id(), CONTAINER_STOPPED_EVENT);
            assertThat(stopped.getContainersStatusesList()).extracting(ContainerStatus::getReason).containsExactly("StartError");
            assertThat(types(events.of(container.id()))).containsExactly("CREATED", "STOPPED");
        }
    }

    @Test
    void reachAllListeners(Node node) throws Exception {
        List<EventStream> listeners = new ArrayList<>();
        try (Pod pod = Pod.run(node)) {
            for (int i = 0; i < 50; i++) {
                listeners.add(EventStream.listen(pod));
            }
            PodContainer container = pod.script("exit 0");
            for (EventStream events : listeners) {
                events.await(container.id(), CONTAINER_STOPPED_EVENT);
                assertThat(types(events.of(container.id()))).containsExactly("CREATED", "STARTED", "STOPPED");
            }
        } finally {
            listeners.forEach(EventStream::close);
        }
    }

    @Test
    void endForAListenerThatDoesNotTakeThem(Node node) throws Exception {
        String large = "x".repeat(200_000);
        try (Pod pod = Pod.run(node, config -> config.putAnnotations("large", large));
                EventStream quick = EventStream.listen(pod);
                EventStream slow = EventStream.open(node, false)) {
            Wait.untilTrue("the slow one's first event", Duration.ofSeconds(30), () -> {
                pod.create(config -> {
                }).remove();
                return !slow.events().isEmpty();
            });
            for (int i = 0; i < 60; i++) {
                pod.create(config -> {
                }).remove();
            }
            PodContainer last = pod.create(config -> {
            });
            last.remove();
            quick.await(last.id(), CONTAINER_DELETED_EVENT);
            slow.take();
            assertThat(slow.awaitEnd().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            assertThat(slow.of(last.id())).isEmpty();
        }
    }

    private static List<String> types(List<ContainerEventResponse> events) {
        return events.stream()
                .map(event -> event.getContainerEventType().name().replace("CONTAINER_", "").replace("_EVENT", "")).toList();
    }
}

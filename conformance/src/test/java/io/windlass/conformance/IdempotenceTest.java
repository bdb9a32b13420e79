package io.windlass.conformance;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Processes;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxResponse;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Calls that are repeated, cancelled, or made side by side. */
@OnNode
class IdempotenceTest {
    private static final int CALLS = 8;

    @Test
    @DiffersOn(value = "containerd", why = "the name stays reserved for a create that was cancelled, and a second create fails")
    void aRetryJoinsTheRunThatItsClientGaveUp(Node node) throws Exception {
        try (Pod.Plan plan = Pod.plan(node)) {
            RunPodSandboxRequest request = RunPodSandboxRequest.newBuilder().setConfig(plan.config()).build();
            List<ListenableFuture<RunPodSandboxResponse>> given = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                given.add(node.cri().runtimeFutures().runPodSandbox(request));
            }
            given.subList(0, CALLS - 1).forEach(call -> call.cancel(true));
            String id = given.getLast().get().getPodSandboxId();
            try {
                assertThat(node.cri().runtime().runPodSandbox(request).getPodSandboxId()).isEqualTo(id);
                assertThat(node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList())
                        .filteredOn(pod -> pod.getMetadata().equals(plan.config().getMetadata())).extracting(PodSandbox::getId)
                        .containsExactly(id);
            } finally {
                node.cri().runtime().stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
                node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
            }
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "the name stays reserved for a create that was cancelled, and a second create fails")
    void aRetryJoinsTheCreateThatItsClientGaveUp(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            ContainerConfig config = PodContainer.config(node, pod.config()).addCommand("sleep").addCommand("1000").build();
            CreateContainerRequest request = CreateContainerRequest.newBuilder().setPodSandboxId(pod.id()).setConfig(config)
                    .setSandboxConfig(pod.config()).build();
            var first = node.cri().runtimeFutures().createContainer(request);
            var second = node.cri().runtimeFutures().createContainer(request);
            first.cancel(true);
            String id = second.get().getContainerId();
            assertThat(node.cri().runtime().createContainer(request).getContainerId()).isEqualTo(id);
            assertThat(node.cri().runtime().listContainers(ListContainersRequest.newBuilder()
                    .setFilter(ContainerFilter.newBuilder().setPodSandboxId(pod.id())).build()).getContainersList()).hasSize(1);
            node.cri().runtime().startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
            assertThat(Failure.of(() -> node.cri().runtime().createContainer(request)).code()).isEqualTo(Code.ALREADY_EXISTS);
        }
    }

    /** It never sends the same twice: the place of the termination message is drawn for each call, and variables come in the order of a map. */
    @Test
    @DiffersOn(value = "containerd", why = "a create that is repeated fails")
    void aRetryOfAKubeletGetsItsContainer(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            ContainerConfig config = PodContainer.config(node, pod.config()).addCommand("sleep").addCommand("1000")
                    .putAnnotations("io.kubernetes.container.hash", "5f6ab1c2").build();
            List<String> ids = new ArrayList<>();
            for (String name : List.of("first", "second")) {
                ContainerConfig.Builder one = config.toBuilder();
                one.addMountsBuilder().setHostPath(node.scratch().directory(name).toString()).setContainerPath("/termination");
                ids.add(node.cri().runtime().createContainer(CreateContainerRequest.newBuilder().setPodSandboxId(pod.id()).setConfig(one)
                        .setSandboxConfig(pod.config()).build()).getContainerId());
            }
            assertThat(ids.getLast()).isEqualTo(ids.getFirst());
            ContainerConfig other = config.toBuilder().putAnnotations("io.kubernetes.container.hash", "0").build();
            assertThat(Failure.of(() -> node.cri().runtime().createContainer(CreateContainerRequest.newBuilder().setPodSandboxId(pod.id())
                    .setConfig(other).setSandboxConfig(pod.config()).build())).code()).isEqualTo(Code.ALREADY_EXISTS);
        }
    }

    @Test
    void aContainerIsStartedOnceByManyCalls(Node node) throws Exception {
        try (Pod pod = Pod.run(node); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PodContainer container = pod.create(config -> config.addCommand("sleep").addCommand("1000"));
            long started = sideBySide(threads, () -> {
                container.start();
                return true;
            });
            assertThat(started).isEqualTo(1);
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(Processes.of(node)).filteredOn(process -> process.toString().contains("sleep 1000")).hasSize(1);
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 lets calls side by side remove one network namespace, of which one may fail")
    void stopsMayCollide(Node node) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor(); Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("trap '' TERM; while :; do sleep 1; done");
            assertThat(sideBySide(threads, () -> {
                container.stop(Duration.ofSeconds(1));
                return true;
            })).isEqualTo(CALLS);
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            pod.script("sleep 1000");
            assertThat(sideBySide(threads, () -> {
                pod.stop();
                return true;
            })).isEqualTo(CALLS);
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "a second removal fails: \"container is already in removing state\"")
    void removesMayCollide(Node node) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor(); Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            assertThat(sideBySide(threads, () -> {
                container.remove();
                return true;
            })).isEqualTo(CALLS);
            pod.script("sleep 1000");
            assertThat(sideBySide(threads, () -> {
                pod.remove();
                return true;
            })).isEqualTo(CALLS);
        }
    }

    @Test
    void aLongStopKeepsNothingElseFromHappening(Node node) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor(); Pod pod = Pod.run(node)) {
            PodContainer stubborn = pod.script("trap '' TERM; echo ready; while :; do sleep 1; done");
            stubborn.awaitLog("ready");
            Future<?> stop = threads.submit(() -> node.cri().runtime()
                    .stopContainer(StopContainerRequest.newBuilder().setContainerId(stubborn.id()).setTimeout(50).build()));
            PodContainer other = pod.script("sleep 1000");
            other.stop(Duration.ZERO);
            other.remove();
            try (Pod another = Pod.run(node)) {
                another.script("exit 0").awaitExit();
            }
            assertThat(stubborn.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(pod.status().getId()).isEqualTo(pod.id());
            assertThat(stubborn.sh("echo alive")).isEqualTo("alive\n");
            assertThat(stop.isDone()).isFalse();
            stubborn.stop(Duration.ZERO);
            stop.get();
            assertThat(stubborn.status().getExitCode()).isEqualTo(137);
        }
    }

    /** Makes the call many times at once; how many of them succeeded. */
    private static long sideBySide(ExecutorService threads, Callable<Boolean> call) throws InterruptedException {
        List<Future<Boolean>> under = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            under.add(threads.submit(call));
        }
        long succeeded = 0;
        for (Future<Boolean> one : under) {
            try {
                one.get();
                succeeded++;
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(StatusRuntimeException.class);
            }
        }
        return succeeded;
    }
}

package io.windlass.conformance;

import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ExecSyncResponse;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** One pod's life with what a kubelet does when a call fails: look what is there, take away the half-made, try again. */
final class SoakPod {
    private static final int MOST_CONTAINERS = 3;
    private static final int MOST_LINES = 400;
    private static final int MOST_EXECS = 4;
    private static final int KILLED = 137;

    private final Node node;
    private final Random random;
    private final SoakFigures figures;

    SoakPod(Node node, Random random, SoakFigures figures) {
        this.node = node;
        this.random = random;
        this.figures = figures;
    }

    /** What a container does, and how it has to end. */
    private record Task(PodContainer container, int lines, int code, boolean stopped) {}

    void live() throws Exception {
        try (Pod.Plan plan = Pod.plan(node)) {
            Pod pod = run(plan);
            figures.pods.increment();
            List<Task> tasks = new ArrayList<>();
            for (int i = random.nextInt(MOST_CONTAINERS) + 1; i > 0; i--) {
                tasks.add(begin(pod, random.nextInt(MOST_LINES), random.nextInt(100), random.nextInt(4) == 0));
            }
            for (Task task : tasks) {
                end(task);
            }
            remove(pod.id());
        }
    }

    private Pod run(Pod.Plan plan) throws Exception {
        var attempt = new int[1];
        return Insist.on("RunPodSandbox", () -> {
            for (PodSandbox half : sandboxes(plan.config())) {
                remove(half.getId());
            }
            PodSandboxConfig.Builder config = plan.config().toBuilder();
            config.getMetadataBuilder().setAttempt(attempt[0]++);
            var request = RunPodSandboxRequest.newBuilder().setConfig(config).build();
            String id = node.cri().runtime().runPodSandbox(request).getPodSandboxId();
            return Pod.existing(node, id, new Pod.Plan(config.build(), plan.cgroup()));
        });
    }

    private List<PodSandbox> sandboxes(PodSandboxConfig config) {
        return node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList().stream()
                .filter(one -> one.getMetadata().getUid().equals(config.getMetadata().getUid())).toList();
    }

    private void remove(String sandbox) throws Exception {
        Insist.on("StopPodSandbox", () -> node.cri().runtime().stopPodSandbox(
                StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build()));
        Insist.on("RemovePodSandbox", () -> node.cri().runtime().removePodSandbox(
                RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build()));
    }

    /** Starts a container that writes numbered lines, works for up to a second and exits with a code of its own; one that is to be stopped sleeps on. */
    private Task begin(Pod pod, int lines, int code, boolean stopped) throws Exception {
        String work = stopped ? "sleep 1000" : "sleep 0." + random.nextInt(10);
        String script = "i=0; while [ $i -lt " + lines + " ]; do echo line $i; i=$((i+1)); done; " + work + "; exit " + code;
        ContainerConfig config = PodContainer.config(node, pod.config()).addAllCommand(List.of("sh", "-c", script)).build();
        PodContainer container = Insist.on("CreateContainer", () -> create(pod, config));
        Insist.done("StartContainer", () -> {
            if (container.status().getState() == ContainerState.CONTAINER_CREATED) {
                container.start();
            }
        });
        figures.containers.increment();
        if (stopped) {
            execs(container);
        }
        return new Task(container, lines, code, stopped);
    }

    private PodContainer create(Pod pod, ContainerConfig config) {
        ContainerFilter ofPod = ContainerFilter.newBuilder().setPodSandboxId(pod.id()).build();
        for (Container half : node.cri().runtime().listContainers(ListContainersRequest.newBuilder().setFilter(ofPod).build())
                .getContainersList()) {
            if (half.getMetadata().getName().equals(config.getMetadata().getName())) {
                node.cri().runtime().removeContainer(RemoveContainerRequest.newBuilder().setContainerId(half.getId()).build());
            }
        }
        String id = node.cri().runtime().createContainer(CreateContainerRequest.newBuilder().setPodSandboxId(pod.id()).setConfig(config)
                .setSandboxConfig(pod.config()).build()).getContainerId();
        node.remember(id);
        return pod.existing(id, config);
    }

    /** A command that was cut short is not tried again: it may have done its work. */
    private void execs(PodContainer container) {
        for (int i = random.nextInt(MOST_EXECS); i > 0; i--) {
            int code = random.nextInt(100);
            try {
                ExecSyncResponse response = container.exec(Duration.ofSeconds(60), List.of("sh", "-c", "echo out; exit " + code));
                assertThat(response.getExitCode()).isEqualTo(code);
                assertThat(response.getStdout().toStringUtf8()).isEqualTo("out\n");
                figures.execs.increment();
            } catch (StatusRuntimeException e) {
                assertThat(Insist.isPassing(e)).as(e.getMessage()).isTrue();
            }
        }
    }

    private void end(Task task) throws Exception {
        PodContainer container = task.container();
        String expected = IntStream.range(0, task.lines()).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        if (task.stopped()) {
            container.awaitLog(expected);
            Insist.done("StopContainer", () -> container.stop(Duration.ZERO));
        }
        ContainerStatus status = Insist.on("the exit of " + container.id(), container::awaitExit);
        assertThat(status.getExitCode()).as("exit code of " + container.id()).isEqualTo(task.stopped() ? KILLED : task.code());
        assertThat(LogLine.text(container.log())).as("log of " + container.id()).isEqualTo(expected);
        Insist.done("RemoveContainer", container::remove);
    }
}

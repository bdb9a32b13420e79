package io.windlass.cri.cli;

import io.windlass.cri.v1.ContainerFilter;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStateValue;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The pods that {@code windlass run} makes: one for each container, with a log directory of its own. */
final class RunPods {

    /** Says that pod and container are one to the person who ran it. */
    static final String LABEL = "io.windlass.run";

    /** Where the pod's logs are, to be removed with it. */
    static final String LOGS = "io.windlass.run/logs";

    private RunPods() {}

    /** Stops and removes a pod, and its logs if we made them. */
    static void remove(Connection runtime, String id, boolean force) {
        ContainerFilter running = ContainerFilter.newBuilder().setPodSandboxId(id)
                .setState(ContainerStateValue.newBuilder().setState(ContainerState.CONTAINER_RUNNING)).build();
        boolean alive = runtime.runtime().listContainers(ListContainersRequest.newBuilder().setFilter(running).build())
                .getContainersCount() > 0;
        if (alive && !force) {
            throw new IllegalArgumentException("pod " + Human.id(id) + " has running containers: stop it first, or remove it with --force");
        }
        String logs = runtime.runtime().podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build()).getStatus()
                .getAnnotationsOrDefault(LOGS, "");
        runtime.patient().stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
        runtime.patient().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
        if (Path.of(logs).startsWith(logRoot())) {
            delete(Path.of(logs));
        }
    }

    /** Under which log directories are made. */
    static Path logRoot() {
        String set = System.getenv("WINDLASS_RUN_LOGS");
        return set == null ? Path.of("/var/log/windlass") : Path.of(set);
    }

    private static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // logs that stay behind harm nobody
        }
    }
}

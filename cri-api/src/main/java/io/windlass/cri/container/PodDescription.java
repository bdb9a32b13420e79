package io.windlass.cri.container;

import io.windlass.cri.event.PodView;
import io.windlass.cri.sandbox.GetPodSandboxStatus;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerEventResponse;

/** Pods as the stores know them. */
final class PodDescription implements PodView {
    private final SandboxStore sandboxes;
    private final ContainerStore containers;

    PodDescription(SandboxStore sandboxes, ContainerStore containers) {
        this.sandboxes = sandboxes;
        this.containers = containers;
    }

    @Override
    public void describe(ObjectId sandbox, ContainerEventResponse.Builder event) {
        sandboxes.get(sandbox).ifPresent(known -> event.setPodSandboxStatus(GetPodSandboxStatus.status(known.record())));
        containers.of(sandbox).forEach(container -> event.addContainersStatuses(ContainerStatuses.of(container.record())));
    }
}

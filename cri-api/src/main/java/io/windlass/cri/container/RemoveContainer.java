package io.windlass.cri.container;

import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemoveContainerResponse;

/**
 * Removes a container, a running one by force. Its log stays: that is the kubelet's. May be repeated; an unknown container is removed already.
 */
public final class RemoveContainer {
    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerParts parts;
    private final StopContainer stop;

    RemoveContainer(ContainerStore store, SandboxStore sandboxes, ContainerParts parts, StopContainer stop) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.parts = parts;
        this.stop = stop;
    }

    public RemoveContainerResponse call(RemoveContainerRequest request) throws Exception {
        var found = store.find(request.getContainerId());
        if (found.isPresent()) {
            remove(found.get());
        }
        return RemoveContainerResponse.getDefaultInstance();
    }

    void remove(Container container) throws Exception {
        stop.stop(container, 0);
        container.lock().lock();
        try {
            if (store.get(container.id()).isEmpty()) {
                return; // by another call, while this one waited
            }
            if (container.record().life() instanceof ContainerLife.Running) {
                container.lock().unlock();
                try {
                    stop.stop(container, 0); // started between the two
                } finally {
                    container.lock().lock();
                }
            }
            var sandbox = sandboxes.get(container.record().sandbox());
            if (sandbox.isPresent()) {
                ContainerCgroups.remove(parts.cgroup(container.record(), sandbox.get().record()));
            }
            parts.discard(container.id());
            store.remove(container);
        } finally {
            container.lock().unlock();
        }
    }
}

package io.windlass.cri.container;

import io.windlass.cri.event.Events;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemoveContainerResponse;
import io.windlass.snapshotter.image.Images;

/**
 * Removes a container, a running one by force. Its log stays: that is the kubelet's. May be repeated; an unknown container is removed already.
 */
public final class RemoveContainer {
    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerParts parts;
    private final StopContainer stop;
    private final Images images;
    private final Events events;

    RemoveContainer(ContainerStore store, SandboxStore sandboxes, ContainerParts parts, StopContainer stop, Images images, Events events) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.parts = parts;
        this.stop = stop;
        this.images = images;
        this.events = events;
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
            parts.discard(container.record());
            store.remove(container);
            events.container(container.id(), container.record().sandbox(), ContainerEventType.CONTAINER_DELETED_EVENT);
        } finally {
            container.lock().unlock();
        }
        collect(container.record());
    }

    /** The container may have been the last that kept the layers of an image which was removed before. */
    private void collect(ContainerRecord container) throws Exception {
        if (images.find(container.image().id()).isEmpty()) {
            images.collectGarbage();
            return;
        }
        for (var mount : container.images()) {
            if (images.find(mount.image()).isEmpty()) {
                images.collectGarbage();
                return;
            }
        }
    }
}

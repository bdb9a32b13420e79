package io.windlass.cri.sandbox;

import io.windlass.cri.event.Events;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RemovePodSandboxResponse;

/** Removes a sandbox with all its containers, running ones by force. May be repeated; an unknown sandbox is removed already. */
public final class RemovePodSandbox {
    private final SandboxStore store;
    private final SandboxParts parts;
    private final PodContainers containers;
    private final StopPodSandbox stop;
    private final Events events;

    RemovePodSandbox(SandboxStore store, SandboxParts parts, PodContainers containers, StopPodSandbox stop, Events events) {
        this.store = store;
        this.parts = parts;
        this.containers = containers;
        this.stop = stop;
        this.events = events;
    }

    public RemovePodSandboxResponse call(RemovePodSandboxRequest request) throws Exception {
        var found = store.find(request.getPodSandboxId());
        if (found.isPresent()) {
            remove(found.get());
        }
        return RemovePodSandboxResponse.getDefaultInstance();
    }

    void remove(Sandbox sandbox) throws Exception {
        var lock = sandbox.lock().writeLock();
        lock.lock();
        try {
            if (store.get(sandbox.id()).isEmpty()) {
                return; // by another call, while this one waited
            }
            stop.stop(sandbox);
            containers.remove(sandbox.id());
            parts.remove(sandbox);
            store.remove(sandbox);
            events.sandboxDeleted(sandbox.id(), GetPodSandboxStatus.status(sandbox.record()));
        } finally {
            lock.unlock();
        }
    }
}

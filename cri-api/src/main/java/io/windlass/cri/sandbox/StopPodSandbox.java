package io.windlass.cri.sandbox;

import io.windlass.cri.event.Events;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxResponse;

/** Ends all that runs in a sandbox and gives its network back. May be repeated; an unknown sandbox is stopped already. */
public final class StopPodSandbox {
    private final SandboxStore store;
    private final SandboxParts parts;
    private final PodContainers containers;
    private final Events events;

    StopPodSandbox(SandboxStore store, SandboxParts parts, PodContainers containers, Events events) {
        this.store = store;
        this.parts = parts;
        this.containers = containers;
        this.events = events;
    }

    public StopPodSandboxResponse call(StopPodSandboxRequest request) throws Exception {
        var sandbox = store.find(request.getPodSandboxId());
        if (sandbox.isPresent()) {
            stop(sandbox.get());
        }
        return StopPodSandboxResponse.getDefaultInstance();
    }

    /** Stops the sandbox; after a failure it is not ready, and the next call goes on. */
    void stop(Sandbox sandbox) throws Exception {
        var lock = sandbox.lock().writeLock();
        lock.lock();
        try {
            if (sandbox.record().state() == SandboxState.NOT_READY || sandbox.record().state() == SandboxState.UNFINISHED) {
                containers.kill(sandbox.id());
            } else {
                store.updateAnyway(sandbox, sandbox.record().notReady());
                try {
                    containers.kill(sandbox.id());
                } finally {
                    events.sandbox(sandbox.id(), ContainerEventType.CONTAINER_STOPPED_EVENT);
                }
            }
            parts.stop(sandbox);
        } finally {
            lock.unlock();
        }
    }
}

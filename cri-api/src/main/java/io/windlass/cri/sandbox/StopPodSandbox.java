package io.windlass.cri.sandbox;

import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxResponse;

/** Ends all that runs in a sandbox and gives its network back. May be repeated; an unknown sandbox is stopped already. */
public final class StopPodSandbox {
    private final SandboxStore store;
    private final SandboxParts parts;
    private final PodContainers containers;

    StopPodSandbox(SandboxStore store, SandboxParts parts, PodContainers containers) {
        this.store = store;
        this.parts = parts;
        this.containers = containers;
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
            if (sandbox.record().state() != SandboxState.NOT_READY) {
                store.updateAnyway(sandbox, sandbox.record().notReady());
            }
            containers.kill(sandbox.id());
            parts.stop(sandbox);
        } finally {
            lock.unlock();
        }
    }
}

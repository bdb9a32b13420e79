package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.spec.CgroupLimits;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.cri.v1.UpdateContainerResourcesRequest;
import io.windlass.cri.v1.UpdateContainerResourcesResponse;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.spec.Resources;
import java.io.IOException;
import java.util.List;

/**
 * Changes the limits of a container: at once where it runs, else for its start. What the request leaves out stays, and all where
 * one is refused or they cannot be recorded.
 */
public final class UpdateContainerResources {
    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerParts parts;

    UpdateContainerResources(ContainerStore store, SandboxStore sandboxes, ContainerParts parts) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.parts = parts;
    }

    /** @throws CriException NOT_FOUND, INVALID_ARGUMENT for a limit that no cgroup takes, or FAILED_PRECONDITION for one below what is in use */
    public UpdateContainerResourcesResponse call(UpdateContainerResourcesRequest request) throws Exception {
        var container = store.require(request.getContainerId());
        container.lock().lock();
        try {
            store.requireStill(container);
            var record = container.record();
            var merged = CgroupLimits.merge(record.resources(), request.getLinux());
            CgroupLimits.oomScoreAdj(merged);
            var limits = CgroupLimits.of(merged, 0, List.of());
            if (record.life() instanceof Running) {
                var sandbox = sandboxes.get(record.sandbox())
                        .orElseThrow(() -> CriException.notFound("sandbox " + record.sandbox() + " does not exist"));
                var cgroup = parts.cgroup(record, sandbox.record());
                var before = ContainerCgroups.change(cgroup, limits, "container " + record.id());
                try {
                    store.update(container, record.with(merged), Durability.POWER);
                } catch (IOException | RuntimeException | Error e) {
                    restore(cgroup, before, e);
                    throw e;
                }
            } else {
                container.keep(null); // built anew at the start, with these limits
                store.update(container, record.with(merged), Durability.POWER);
            }
        } finally {
            container.lock().unlock();
        }
        return UpdateContainerResourcesResponse.getDefaultInstance();
    }

    /** The record says so still, and the client is told of a failure: it cannot be written on a full disk, for one. */
    private static void restore(Cgroup cgroup, Resources before, Throwable cause) {
        try {
            cgroup.apply(before);
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}

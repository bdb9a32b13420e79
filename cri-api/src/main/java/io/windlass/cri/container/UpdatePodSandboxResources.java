package io.windlass.cri.container;

import io.windlass.cri.container.spec.CgroupLimits;
import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.UpdatePodSandboxResourcesRequest;
import io.windlass.cri.v1.UpdatePodSandboxResourcesResponse;
import io.windlass.shim.cgroup.CgroupDriver;
import java.io.IOException;
import java.util.List;

/**
 * Changes the limits of a pod as a whole, where its cgroup was made here: what the containers may have, and the overhead beside them. A cgroup
 * that was there before belongs to who made it: a kubelet sets the limits of its pods itself, and others than these for pods of which only some
 * containers are limited. Nothing is written there.
 */
public final class UpdatePodSandboxResources {
    private final SandboxStore sandboxes;
    private final CgroupDriver cgroups;

    UpdatePodSandboxResources(SandboxStore sandboxes, CgroupDriver cgroups) {
        this.sandboxes = sandboxes;
        this.cgroups = cgroups;
    }

    /**
     * @throws CriException NOT_FOUND, INVALID_ARGUMENT for a limit that no cgroup takes, FAILED_PRECONDITION for one below what is in use and a
     *     stopped sandbox
     */
    public UpdatePodSandboxResourcesResponse call(UpdatePodSandboxResourcesRequest request) throws IOException {
        var sandbox = sandboxes.require(request.getPodSandboxId());
        var limits = CgroupLimits.of(sum(request.getResources(), request.getOverhead()), 0, List.of());
        var using = sandbox.lock().readLock();
        using.lock();
        try {
            Sandboxes.requireReady(sandbox);
            var cgroup = sandbox.record().cgroup();
            if (cgroup.made().contains(cgroup.path())) {
                ContainerCgroups.change(cgroups.cgroup(cgroup.path()), limits, "sandbox " + sandbox.id());
            }
        } finally {
            using.unlock();
        }
        return UpdatePodSandboxResourcesResponse.getDefaultInstance();
    }

    private static LinuxContainerResources sum(LinuxContainerResources resources, LinuxContainerResources overhead) {
        return resources.toBuilder().setCpuQuota(sum(resources.getCpuQuota(), overhead.getCpuQuota()))
                .setCpuShares(sum(resources.getCpuShares(), overhead.getCpuShares()))
                .setMemoryLimitInBytes(sum(resources.getMemoryLimitInBytes(), overhead.getMemoryLimitInBytes())).build();
    }

    /** What is not limited does not become so by an overhead. */
    private static long sum(long limit, long overhead) {
        return limit > 0 && overhead > 0 ? limit + overhead : limit;
    }
}

package io.windlass.cri.stats;

import io.windlass.cri.error.CriException;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.PodSandboxStatsRequest;
import io.windlass.cri.v1.PodSandboxStatsResponse;

/** Tells what one sandbox uses: the call PodSandboxStats. */
public final class GetPodSandboxStats {
    private final SandboxStore sandboxes;
    private final PodUsage usage;

    GetPodSandboxStats(SandboxStore sandboxes, PodUsage usage) {
        this.sandboxes = sandboxes;
        this.usage = usage;
    }

    /** @throws CriException NOT_FOUND for an unknown id, an empty one among them */
    public PodSandboxStatsResponse call(PodSandboxStatsRequest request) {
        var sandbox = sandboxes.require(request.getPodSandboxId()).record();
        return PodSandboxStatsResponse.newBuilder().setStats(usage.fresh(sandbox)).build();
    }
}

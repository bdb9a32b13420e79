package io.windlass.cri.stats;

import io.windlass.cri.container.ContainerStore;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.ContainerStatsRequest;
import io.windlass.cri.v1.ContainerStatsResponse;

/** Tells what one container uses: the call ContainerStats. */
public final class GetContainerStats {
    private final ContainerStore store;
    private final ContainerUsage usage;

    GetContainerStats(ContainerStore store, ContainerUsage usage) {
        this.store = store;
        this.usage = usage;
    }

    /** @throws CriException NOT_FOUND for an unknown id */
    public ContainerStatsResponse call(ContainerStatsRequest request) {
        return ContainerStatsResponse.newBuilder().setStats(usage.fresh(store.require(request.getContainerId()))).build();
    }
}

package io.windlass.cri.container;

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
        return ContainerStatsResponse.newBuilder().setStats(usage.of(store.require(request.getContainerId()))).build();
    }
}

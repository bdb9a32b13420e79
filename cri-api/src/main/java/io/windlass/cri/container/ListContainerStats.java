package io.windlass.cri.container;

import io.windlass.cri.v1.ListContainerStatsRequest;
import io.windlass.cri.v1.ListContainerStatsResponse;

/** Tells what containers use. */
public final class ListContainerStats {
    private final ContainerStore store;
    private final ContainerUsage usage;

    ListContainerStats(ContainerStore store, ContainerUsage usage) {
        this.store = store;
        this.usage = usage;
    }

    public ListContainerStatsResponse call(ListContainerStatsRequest request) {
        usage.retain(store);
        var response = ListContainerStatsResponse.newBuilder();
        for (var container : store.all()) {
            if (ContainerFilters.matches(request.getFilter(), container.record())) {
                response.addStats(usage.of(container));
            }
        }
        return response.build();
    }
}

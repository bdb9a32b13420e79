package io.windlass.cri.stats;

import io.windlass.cri.container.ContainerFilters;
import io.windlass.cri.container.ContainerStore;
import io.windlass.cri.v1.ContainerStats;
import io.windlass.cri.v1.ContainerStatsFilter;
import io.windlass.cri.v1.ListContainerStatsRequest;
import io.windlass.cri.v1.ListContainerStatsResponse;
import java.util.stream.Stream;

/** Tells what containers use. */
public final class ListContainerStats {
    private final ContainerStore store;
    private final ContainerUsage usage;

    ListContainerStats(ContainerStore store, ContainerUsage usage) {
        this.store = store;
        this.usage = usage;
    }

    public ListContainerStatsResponse call(ListContainerStatsRequest request) {
        var response = ListContainerStatsResponse.newBuilder();
        select(request.getFilter()).forEach(response::addStats);
        return response.build();
    }

    /** Returns what the containers use that the filter lets through, each when its turn comes. */
    Stream<ContainerStats> select(ContainerStatsFilter filter) {
        usage.retain(store);
        var wanted = store.all().stream().filter(container -> ContainerFilters.matches(filter, container.record())).toList();
        usage.refresh(wanted);
        return wanted.stream().map(usage::of);
    }
}

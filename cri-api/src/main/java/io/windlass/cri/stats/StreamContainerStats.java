package io.windlass.cri.stats;

import io.windlass.cri.store.Batches;
import io.windlass.cri.v1.StreamContainerStatsRequest;
import io.windlass.cri.v1.StreamContainerStatsResponse;
import java.util.function.Consumer;

/** Tells in parts what containers use, for nodes with more of them than one message holds. */
public final class StreamContainerStats {
    private final ListContainerStats list;

    StreamContainerStats(ListContainerStats list) {
        this.list = list;
    }

    /** Hands the list to the sink. */
    public void call(StreamContainerStatsRequest request, Consumer<StreamContainerStatsResponse> sink) {
        Batches.send(list.select(request.getFilter()),
                part -> sink.accept(StreamContainerStatsResponse.newBuilder().addAllContainerStats(part).build()));
    }
}

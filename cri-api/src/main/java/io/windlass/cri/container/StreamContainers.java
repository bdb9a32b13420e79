package io.windlass.cri.container;

import io.windlass.cri.store.Batches;
import io.windlass.cri.v1.StreamContainersRequest;
import io.windlass.cri.v1.StreamContainersResponse;
import java.util.function.Consumer;

/** Lists containers in parts, for nodes with more of them than one message holds. */
public final class StreamContainers {
    private final ListContainers list;

    public StreamContainers(ListContainers list) {
        this.list = list;
    }

    /** Hands the list to the sink. */
    public void call(StreamContainersRequest request, Consumer<StreamContainersResponse> sink) {
        Batches.send(list.select(request.getFilter()),
                part -> sink.accept(StreamContainersResponse.newBuilder().addAllContainers(part).build()));
    }
}

package io.windlass.cri.sandbox;

import io.windlass.cri.store.Batches;
import io.windlass.cri.v1.StreamPodSandboxesRequest;
import io.windlass.cri.v1.StreamPodSandboxesResponse;
import java.util.function.Consumer;

/** Lists sandboxes in parts, for nodes with more of them than one message holds. */
public final class StreamPodSandboxes {
    private final ListPodSandbox list;

    public StreamPodSandboxes(ListPodSandbox list) {
        this.list = list;
    }

    /** Hands the list to the sink. */
    public void call(StreamPodSandboxesRequest request, Consumer<StreamPodSandboxesResponse> sink) {
        Batches.send(list.select(request.getFilter()),
                part -> sink.accept(StreamPodSandboxesResponse.newBuilder().addAllPodSandboxes(part).build()));
    }
}

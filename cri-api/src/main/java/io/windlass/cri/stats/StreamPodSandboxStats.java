package io.windlass.cri.stats;

import io.windlass.cri.store.Batches;
import io.windlass.cri.v1.StreamPodSandboxStatsRequest;
import io.windlass.cri.v1.StreamPodSandboxStatsResponse;
import java.util.function.Consumer;

/** Tells in parts what sandboxs use, for nodes with more of them than one message holds. */
public final class StreamPodSandboxStats {
    private final ListPodSandboxStats list;

    StreamPodSandboxStats(ListPodSandboxStats list) {
        this.list = list;
    }

    /** Hands the list to the sink. */
    public void call(StreamPodSandboxStatsRequest request, Consumer<StreamPodSandboxStatsResponse> sink) {
        Batches.send(list.select(request.getFilter()),
                part -> sink.accept(StreamPodSandboxStatsResponse.newBuilder().addAllPodSandboxStats(part).build()));
    }
}

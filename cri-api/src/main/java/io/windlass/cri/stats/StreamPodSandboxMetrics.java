package io.windlass.cri.stats;

import io.windlass.cri.store.Batches;
import io.windlass.cri.v1.StreamPodSandboxMetricsRequest;
import io.windlass.cri.v1.StreamPodSandboxMetricsResponse;
import java.io.IOException;
import java.util.function.Consumer;

/** Tells the metrics in parts, for nodes with more of them than one message holds. */
public final class StreamPodSandboxMetrics {
    private final ListPodSandboxMetrics list;

    StreamPodSandboxMetrics(ListPodSandboxMetrics list) {
        this.list = list;
    }

    /** Hands the list to the sink. */
    public void call(StreamPodSandboxMetricsRequest request, Consumer<StreamPodSandboxMetricsResponse> sink) throws IOException {
        Batches.send(list.all(), part -> sink.accept(StreamPodSandboxMetricsResponse.newBuilder().addAllPodSandboxMetrics(part).build()));
    }
}

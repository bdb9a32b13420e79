package io.windlass.cri.image;

import io.windlass.cri.progress.v1.Complete;
import io.windlass.cri.progress.v1.Layer;
import io.windlass.cri.progress.v1.LayerState;
import io.windlass.cri.progress.v1.PullEvent;
import io.windlass.cri.progress.v1.Resolved;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.snapshotter.image.Progress;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import java.util.function.Consumer;

/** A pull that tells its progress: ours, beyond the CRI. */
public final class WatchPull {

    private final PullImage pull;

    /** Watches pulls of this kind. */
    public WatchPull(PullImage pull) {
        this.pull = pull;
    }

    /** Pulls, and hands every step to the sink, from one thread at a time. */
    public void call(PullImageRequest request, Consumer<PullEvent> sink) throws ImageException, InterruptedException {
        Object turn = new Object();
        pull.pull(request, event -> {
            synchronized (turn) {
                sink.accept(message(event));
            }
        });
    }

    static PullEvent message(Progress.Event event) {
        PullEvent.Builder message = PullEvent.newBuilder();
        return switch (event) {
            case Progress.Resolved e -> message
                    .setResolved(Resolved.newBuilder().setReference(e.reference().toString()).setDigest(e.target().toString())).build();
            case Progress.Present e -> message.setLayer(layer(e.layer(), e.size(), e.size(), LayerState.PRESENT)).build();
            case Progress.Fetched e -> message.setLayer(layer(e.layer(), e.fetched(), e.size(), LayerState.FETCHING)).build();
            case Progress.Unpacked e -> message.setLayer(layer(e.layer(), 0, 0, LayerState.UNPACKED)).build();
            case Progress.Complete e -> message.setComplete(Complete.newBuilder().setImageRef(e.image().id().toString())).build();
        };
    }

    private static Layer layer(Digest digest, long fetched, long size, LayerState state) {
        return Layer.newBuilder().setDigest(digest.toString()).setFetched(fetched).setSize(size).setState(state).build();
    }
}

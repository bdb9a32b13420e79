package io.windlass.cri.image;

import io.windlass.cri.store.Batches;
import io.windlass.cri.v1.StreamImagesRequest;
import io.windlass.cri.v1.StreamImagesResponse;
import java.util.function.Consumer;

/** Lists images in parts, for nodes with more of them than one message holds. */
public final class StreamImages {
    private final ListImages list;

    public StreamImages(ListImages list) {
        this.list = list;
    }

    /** Hands the list to the sink. */
    public void call(StreamImagesRequest request, Consumer<StreamImagesResponse> sink) {
        Batches.send(list.select(request.getFilter()), part -> sink.accept(StreamImagesResponse.newBuilder().addAllImages(part).build()));
    }
}

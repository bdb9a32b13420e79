package io.windlass.cri.store;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A list in parts, each well below what a gRPC message may have. What is in a part is made when its turn comes. */
public final class Batches {

    static final int BYTES = 1 << 20;

    private Batches() {}

    /** Hands all elements to {@code sink} in their order, some at a time; nothing where there are none. */
    public static <T extends MessageLite> void send(Stream<T> elements, Consumer<List<T>> sink) {
        var batch = new ArrayList<T>();
        int bytes = 0;
        for (var all = elements.iterator(); all.hasNext();) {
            T element = all.next();
            if (!batch.isEmpty() && bytes + element.getSerializedSize() > BYTES) {
                sink.accept(List.copyOf(batch));
                batch.clear();
                bytes = 0;
            }
            batch.add(element);
            bytes += element.getSerializedSize();
        }
        if (!batch.isEmpty()) {
            sink.accept(batch);
        }
    }
}

package io.windlass.cri.event;

import io.windlass.cri.v1.ContainerEventResponse;
import io.windlass.cri.v1.GetEventsRequest;
import java.util.function.Consumer;

/** Tells what happens to sandboxes and containers, from now on until the client goes. */
public final class GetContainerEvents {

    private final Events events;

    public GetContainerEvents(Events events) {
        this.events = events;
    }

    /** Hands each event to the sink; ends only by an exception: the client has gone, or does not keep up. */
    public void call(GetEventsRequest request, Consumer<ContainerEventResponse> sink) throws InterruptedException {
        try (var subscription = events.subscribe()) {
            while (true) {
                var event = subscription.next();
                try {
                    sink.accept(event);
                } catch (RuntimeException e) {
                    subscription.putBack(event);
                    throw e;
                }
            }
        }
    }
}

package io.windlass.cri.event;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerEventResponse;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.GetEventsRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EventsTest {
    private final ObjectId sandbox = ObjectId.random();
    private final Events events = new Events(InstantSource.system(),
            (id, event) -> event.getPodSandboxStatusBuilder().setId(id.value()));

    private ObjectId stopped() {
        var id = ObjectId.random();
        events.container(id, sandbox, ContainerEventType.CONTAINER_STOPPED_EVENT);
        return id;
    }

    private List<String> untold() {
        try (var next = events.subscribe()) {
            return next.drain().stream().map(ContainerEventResponse::getContainerId).toList();
        }
    }

    @Test
    void aStopThatNobodyHeardIsToldToTheNextListener() {
        var first = stopped();
        var second = stopped();
        assertThat(untold()).containsExactly(first.value(), second.value());
        assertThat(untold()).isEmpty();
    }

    @Test
    void aStopOverWhichTheListenerWentIsToldToTheNext() {
        var told = stopped();
        var lost = stopped();
        var waiting = stopped();
        var heard = new ArrayList<String>();
        assertThatThrownBy(() -> new GetContainerEvents(events).call(GetEventsRequest.getDefaultInstance(), event -> {
            if (!heard.isEmpty()) {
                throw new IllegalStateException("the client has gone");
            }
            heard.add(event.getContainerId());
        })).hasMessage("the client has gone");
        assertThat(heard).containsExactly(told.value());
        assertThat(untold()).containsExactly(lost.value(), waiting.value());
    }
}

package io.windlass.cri.event;

import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerEventResponse;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.PodSandboxStatus;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells listeners what happened, in the order in which it happened: what an event shows is never older than what the one before it showed.
 *
 * <p>
 * A sandbox's own events name the sandbox as the container. A stop that nobody was there to hear, because the daemon or the listener was being
 * started anew, is kept and told to the next listener, as long as the object exists. Whoever publishes has changed the record before, and still
 * holds the object's lock. Nothing here waits for a listener: one that does not keep up is cut off.
 */
public final class Events {

    /** Bytes of events that may wait for one listener: the exits of a full node, several times over. */
    static final long MOST_WAITING = 16 << 20;

    private final InstantSource clock;
    private final PodView view;
    private final ReentrantLock order = new ReentrantLock();
    private final List<Subscription> listeners = new ArrayList<>();
    private final Map<String, ObjectId> untoldStops = new LinkedHashMap<>();

    public Events(InstantSource clock, PodView view) {
        this.clock = clock;
        this.view = view;
    }

    /** Tells what happened to a sandbox. */
    public void sandbox(ObjectId sandbox, ContainerEventType type) {
        container(sandbox, sandbox, type);
    }

    /** Tells what happened to a container of a sandbox. */
    public void container(ObjectId container, ObjectId sandbox, ContainerEventType type) {
        order.lock();
        try {
            if (!isUnheard(container.value(), sandbox, type)) {
                var event = event(container.value(), type);
                view.describe(sandbox, event);
                tell(event.build());
            }
        } finally {
            order.unlock();
        }
    }

    /** Tells that a sandbox is gone, with what it was last. */
    public void sandboxDeleted(ObjectId sandbox, PodSandboxStatus last) {
        order.lock();
        try {
            if (!isUnheard(sandbox.value(), sandbox, ContainerEventType.CONTAINER_DELETED_EVENT)) {
                tell(event(sandbox.value(), ContainerEventType.CONTAINER_DELETED_EVENT).setPodSandboxStatus(last).build());
            }
        } finally {
            order.unlock();
        }
    }

    /** Listens to all that happens from now on. */
    public Subscription subscribe() {
        return subscribe(MOST_WAITING);
    }

    Subscription subscribe(long most) {
        order.lock();
        try {
            var listener = new Subscription(this, most);
            listeners.add(listener);
            var untold = List.copyOf(untoldStops.entrySet());
            untoldStops.clear();
            for (var stop : untold) {
                var event = event(stop.getKey(), ContainerEventType.CONTAINER_STOPPED_EVENT);
                view.describe(stop.getValue(), event);
                tell(event.build());
            }
            return listener;
        } finally {
            order.unlock();
        }
    }

    /** Ends a subscription; stops that it did not take are kept when nobody else has heard them. */
    void leave(Subscription listener) {
        order.lock();
        try {
            listeners.remove(listener);
            var rest = listener.drain();
            if (listeners.isEmpty()) {
                rest.forEach(this::keep);
            }
        } finally {
            order.unlock();
        }
    }

    private boolean isUnheard(String id, ObjectId sandbox, ContainerEventType type) {
        if (!listeners.isEmpty()) {
            return false;
        }
        if (type == ContainerEventType.CONTAINER_STOPPED_EVENT) {
            untoldStops.put(id, sandbox);
        } else if (type == ContainerEventType.CONTAINER_DELETED_EVENT) {
            untoldStops.remove(id);
        }
        return true;
    }

    private void keep(ContainerEventResponse event) {
        if (event.getContainerEventType() == ContainerEventType.CONTAINER_STOPPED_EVENT && event.hasPodSandboxStatus()) {
            untoldStops.put(event.getContainerId(), new ObjectId(event.getPodSandboxStatus().getId()));
        } else if (event.getContainerEventType() == ContainerEventType.CONTAINER_DELETED_EVENT) {
            untoldStops.remove(event.getContainerId());
        }
    }

    private ContainerEventResponse.Builder event(String id, ContainerEventType type) {
        return ContainerEventResponse.newBuilder().setContainerId(id).setContainerEventType(type).setCreatedAt(Clocks.nanos(clock));
    }

    private void tell(ContainerEventResponse event) {
        for (var listener : List.copyOf(listeners)) {
            if (!listener.offer(event)) {
                leave(listener);
                if (listeners.isEmpty()) {
                    keep(event);
                }
            }
        }
    }
}

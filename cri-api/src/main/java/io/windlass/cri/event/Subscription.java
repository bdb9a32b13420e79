package io.windlass.cri.event;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.ContainerEventResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One listener's events, in order, until it takes them. A listener that lets too many wait is cut off: what waits is dropped at once, and it is
 * told at its next {@link #next}.
 */
public final class Subscription implements AutoCloseable {

    private final Events events;
    private final long most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Deque<ContainerEventResponse> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean cut;

    /** @param most bytes of events that may wait */
    Subscription(Events events, long most) {
        this.events = events;
        this.most = most;
    }

    /**
     * Waits for the next event.
     *
     * @throws CriException RESOURCE_EXHAUSTED once it has been cut off
     */
    public ContainerEventResponse next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !cut) {
                news.await();
            }
            if (cut) {
                throw CriException.resourceExhausted("events were not taken in time, more than " + most
                        + " bytes of them waited: listen again, and list what there is");
            }
            var event = waiting.removeFirst();
            bytes -= event.getSerializedSize();
            return event;
        } finally {
            lock.unlock();
        }
    }

    /** Takes an event back that was not passed on; it is the first again. */
    void putBack(ContainerEventResponse event) {
        lock.lock();
        try {
            waiting.addFirst(event);
            bytes += event.getSerializedSize();
        } finally {
            lock.unlock();
        }
    }

    /** Adds an event; false when it is, or was, one too many. */
    boolean offer(ContainerEventResponse event) {
        lock.lock();
        try {
            if (cut || !waiting.isEmpty() && bytes + event.getSerializedSize() > most) {
                cut = true;
                news.signalAll();
                return false;
            }
            waiting.addLast(event);
            bytes += event.getSerializedSize();
            news.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out all that still waits. */
    List<ContainerEventResponse> drain() {
        lock.lock();
        try {
            var rest = List.copyOf(waiting);
            waiting.clear();
            bytes = 0;
            return rest;
        } finally {
            lock.unlock();
        }
    }

    /** Listens no more. */
    @Override
    public void close() {
        events.leave(this);
    }
}

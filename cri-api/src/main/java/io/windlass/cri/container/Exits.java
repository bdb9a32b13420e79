package io.windlass.cri.container;

import io.windlass.cri.container.Shims.End;
import io.windlass.cri.event.Events;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Beside;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.cri.store.Retries;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.linux.Shortage;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes the ends of containers: whether memory ran out is read while the cgroup is there, what is left of its processes is ended, its output is
 * drained, the end is recorded, those who wait are woken, and the cgroup goes. None of these keeps another one from being done. Only the record
 * waits until what it says can be known: where there was no descriptor to read it by, all is done again.
 */
final class Exits implements Consumer<End> {
    private static final Logger LOG = LoggerFactory.getLogger(Exits.class);
    private static final long MOMENT_NANOS = 100_000_000;

    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerCgroups cgroups;
    private final LogCloser logs;
    private final Events events;
    private final Retries retries;

    /** Drains and closes the log of a container that has ended. */
    @FunctionalInterface
    interface LogCloser {
        void close(ObjectId container) throws IOException;
    }

    Exits(ContainerStore store, SandboxStore sandboxes, ContainerCgroups cgroups, LogCloser logs, Events events,
            Retries retries) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.cgroups = cgroups;
        this.logs = logs;
        this.events = events;
        this.retries = retries;
    }

    /** Takes note on a thread of its own, where there is one: the caller watches all containers. */
    @Override
    public void accept(End end) {
        Beside.run(() -> store.get(end.id()).ifPresent(container -> noteOrLater(container, end)));
    }

    private void noteOrLater(Container container, End end) {
        try {
            note(container, end);
        } catch (IOException | OutOfMemoryError e) {
            noteLater(container, end);
            LOG.warn("event=exit-not-noted container={} error=\"{}\"", container.id().shortened(), e.getMessage());
        }
    }

    /** Until memory is there to remember it by: nobody else knows of this end. */
    private void noteLater(Container container, End end) {
        for (boolean put = false; !put;) {
            try {
                retries.later("note the end of container " + container.id(), () -> note(container, end));
                put = true;
            } catch (OutOfMemoryError e) {
                LockSupport.parkNanos(MOMENT_NANOS);
            }
        }
    }

    /**
     * Takes note of an end.
     *
     * @throws IOException where it cannot be told now whether memory ran out; call again
     */
    void note(Container container, End end) throws IOException {
        container.lock().lock();
        try {
            var record = container.record();
            if (record.life() instanceof ContainerLife.Exited) {
                return;
            }
            var cgroup = sandboxes.get(record.sandbox()).map(sandbox -> cgroups.of(record.id(), sandbox.record())).orElse(null);
            boolean oomKilled = false;
            IOException unknown = null;
            try {
                oomKilled = isOomKilled(container, cgroup);
            } catch (IOException e) {
                unknown = e;
            }
            settle(container, cgroup);
            container.ended(end.code());
            if (unknown != null) {
                throw unknown;
            }
            var ended = record.with(record.life().exited(end.finishedAt(), end.code(), oomKilled));
            store.updateAnyway(container, ended, Durability.POWER, retries);
            events.container(record.id(), record.sandbox(), ContainerEventType.CONTAINER_STOPPED_EVENT);
            LOG.info("event=container-exited container={} code={} reason={}", record.id().shortened(), end.code(),
                    ((ContainerLife.Exited) ended.life()).reason());
            remove(container, cgroup);
        } finally {
            container.lock().unlock();
        }
    }

    /** Also frees the descriptors that were the container's. */
    private void settle(Container container, @Nullable Cgroup cgroup) {
        try {
            if (cgroup != null) {
                cgroup.kill();
            }
        } catch (IOException | OutOfMemoryError e) {
            incomplete(container, e);
        }
        try {
            logs.close(container.id());
        } catch (IOException | OutOfMemoryError e) {
            incomplete(container, e);
        }
    }

    private static boolean isOomKilled(Container container, @Nullable Cgroup cgroup) throws IOException {
        try {
            return cgroup != null && cgroup.oomKills() > 0;
        } catch (IOException e) {
            if (Shortage.isBehind(e)) {
                throw e;
            }
            incomplete(container, e);
            return false;
        } catch (OutOfMemoryError e) {
            throw new IOException("whether container " + container.id() + " ran out of memory cannot be read: " + e.getMessage(), e);
        }
    }

    private static void incomplete(Container container, Throwable e) {
        LOG.warn("event=exit-incomplete container={} error=\"{}\"", container.id().shortened(), e.getMessage());
    }

    private static void remove(Container container, @Nullable Cgroup cgroup) {
        try {
            if (cgroup != null) {
                ContainerCgroups.remove(cgroup);
            }
        } catch (IOException e) {
            LOG.warn("event=cgroup-left-over container={} error=\"{}\"", container.id().shortened(), e.getMessage());
        }
    }
}

package io.windlass.cri.container;

import io.windlass.cri.container.Shims.End;
import io.windlass.cri.event.Events;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Beside;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.shim.cgroup.Cgroup;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes the ends of containers: whether memory ran out is read while the cgroup is there, what is left of its processes is ended, its output is
 * drained, the end is recorded, those who wait are woken, and the cgroup goes.
 */
final class Exits implements Consumer<End> {
    private static final Logger LOG = LoggerFactory.getLogger(Exits.class);

    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerCgroups cgroups;
    private final LogCloser logs;
    private final Events events;

    /** Drains and closes the log of a container that has ended. */
    @FunctionalInterface
    interface LogCloser {
        void close(ObjectId container) throws IOException;
    }

    Exits(ContainerStore store, SandboxStore sandboxes, ContainerCgroups cgroups, LogCloser logs, Events events) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.cgroups = cgroups;
        this.logs = logs;
        this.events = events;
    }

    /** Takes note on a thread of its own, where there is one: the caller watches all containers. */
    @Override
    public void accept(End end) {
        Beside.run(() -> store.get(end.id()).ifPresent(container -> note(container, end)));
    }

    /** Takes note of an end. */
    void note(Container container, End end) {
        container.lock().lock();
        try {
            var record = container.record();
            if (record.life() instanceof ContainerLife.Exited) {
                return;
            }
            var cgroup = sandboxes.get(record.sandbox()).map(sandbox -> cgroups.of(record.id(), sandbox.record())).orElse(null);
            boolean oomKilled = settle(container, cgroup);
            container.ended(end.code());
            var ended = record.with(record.life().exited(end.finishedAt(), end.code(), oomKilled));
            try {
                store.update(container, ended, Durability.POWER);
            } catch (IOException e) {
                LOG.error("event=record-failed container={} error=\"{}\"", record.id().shortened(), e.getMessage());
                container.replace(ended);
            }
            events.container(record.id(), record.sandbox(), ContainerEventType.CONTAINER_STOPPED_EVENT);
            LOG.info("event=container-exited container={} code={} reason={}", record.id().shortened(), end.code(),
                    ((ContainerLife.Exited) ended.life()).reason());
            remove(container, cgroup);
        } finally {
            container.lock().unlock();
        }
    }

    private boolean settle(Container container, @Nullable Cgroup cgroup) {
        boolean oomKilled = false;
        try {
            if (cgroup != null) {
                oomKilled = cgroup.oomKills() > 0;
                cgroup.kill();
            }
            logs.close(container.id());
        } catch (IOException | OutOfMemoryError e) {
            LOG.warn("event=exit-incomplete container={} error=\"{}\"", container.id().shortened(), e.getMessage());
        }
        return oomKilled;
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

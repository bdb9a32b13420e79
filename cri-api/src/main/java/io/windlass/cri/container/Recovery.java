package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Created;
import io.windlass.cri.container.ContainerLife.Exited;
import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.event.Events;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.cri.store.Retries;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.shim.process.ExitRecordFile;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up the containers of an earlier daemon.
 *
 * <p>
 * One whose shim lives is watched again and its output goes on into its log; one that ended meanwhile gets the end that its shim recorded; one
 * of which there is neither ended with the node. A start that the earlier daemon was killed over is called off, unless the program has been let go
 * already: then the container runs. What else it could not note is taken back: shims, commands, snapshots and directories.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Those who were killed are mostly gone in milliseconds, and the daemon is not ready before: so long all are waited for together. */
    private static final Duration SOON = Duration.ofSeconds(2);
    /** However long others took. */
    private static final Duration LEAST = Duration.ofMillis(100);

    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerParts parts;
    private final Shims shims;
    private final ContainerCgroups cgroups;
    private final Exits exits;
    private final Snapshotter snapshots;
    private final Events events;
    private final InstantSource clock;
    private final Retries retries;

    Recovery(ContainerStore store, SandboxStore sandboxes, ContainerParts parts, ContainerCgroups cgroups, Shims shims, Exits exits,
            Snapshotter snapshots, Events events, InstantSource clock, Retries retries) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.parts = parts;
        this.shims = shims;
        this.cgroups = cgroups;
        this.exits = exits;
        this.snapshots = snapshots;
        this.events = events;
        this.clock = clock;
        this.retries = retries;
    }

    /** Returns the containers that could not be taken up yet: that is tried again, beside the caller. */
    Set<String> run() {
        var pending = new HashSet<String>();
        forEach(this::decide);
        killLeftShims();
        endCommands();
        long soon = deadline(SOON);
        forEach(container -> recoverOrLater(container, pending, Math.max(soon, deadline(LEAST))));
        endUnknown();
        removeOrphans();
        return pending;
    }

    /** A step of the recovery of one container. */
    @FunctionalInterface
    private interface Step {
        void take(Container container) throws IOException;
    }

    private void forEach(Step step) {
        for (var container : store.all()) {
            try {
                step.take(container);
            } catch (IOException | RuntimeException e) {
                LOG.error("event=recovery-failed container={} error=\"{}\"", container.id().shortened(), e.getMessage());
            }
        }
    }

    /** A start that the daemon was killed over is called off; where that comes too late, the container is noted as one that was started. */
    private void decide(Container container) throws IOException {
        var record = container.record();
        if (!(record.life() instanceof Created)) {
            return;
        }
        var exitRecord = parts.paths(record.id()).exitRecord();
        long started = exitRecord.toFile().lastModified() * NANOS_PER_MILLI; // or ended: the clock of the end is never earlier
        if (ExitRecordFile.callOff(exitRecord)) {
            return;
        }
        store.updateAnyway(container, record.with(record.life().started(started, shims.findLeft(exitRecord))), Durability.PROCESS, retries);
        events.container(record.id(), record.sandbox(), ContainerEventType.CONTAINER_STARTED_EVENT);
        LOG.info("event=cut-start-noted container={}", record.id().shortened());
    }

    /** Descriptors may have run out, or memory: a container that runs must not stay without somebody who waits for its end. */
    private void recoverOrLater(Container container, Set<String> pending, long deadline) throws IOException {
        var life = container.record().life();
        try {
            recover(container, deadline);
        } catch (IOException | RuntimeException e) {
            pending.add(container.id().value());
            retries.later("take up container " + container.id(), () -> {
                container.lock().lock();
                try {
                    if (store.get(container.id()).isPresent() && container.record().life().equals(life)) {
                        recover(container, deadline(Execs.LAST_PROCESS));
                    }
                } finally {
                    container.lock().unlock();
                }
            });
            throw e;
        }
    }

    /** @param deadline of {@link System#nanoTime}, to which the last process of one that does not run is waited for */
    private void recover(Container container, long deadline) throws IOException {
        switch (container.record().life()) {
            case Running running -> resume(container, running, deadline);
            case Created() -> clear(container, deadline); // its start may have been called off
            case Exited _ -> clear(container, deadline);
        }
    }

    private static long deadline(Duration wait) {
        return System.nanoTime() + wait.toNanos();
    }

    /** Ends what runs of containers that are no longer known: their owners will make others, and two at a time are worse than none. */
    private void endUnknown() {
        var left = new LeftCgroups(retries);
        for (var container : store.corrupt()) {
            for (var sandbox : sandboxes.all()) {
                try {
                    var cgroup = cgroups.of(container, sandbox.record());
                    if (cgroup.exists()) {
                        left.add(container, List.of(cgroup));
                        LOG.warn("event=quarantined-container-found container={} sandbox={}", container, sandbox.id());
                    }
                } catch (IOException | RuntimeException e) {
                    LOG.error("event=recovery-failed container={} error=\"{}\"", container.shortened(), e.getMessage());
                }
            }
        }
        left.end(SOON);
    }

    private void resume(Container container, Running running, long deadline) throws IOException {
        var exitRecord = parts.paths(container.id()).exitRecord();
        if (shims.adopt(container.record(), running.shim(), exitRecord)) {
            LOG.info("event=container-adopted container={}", container.id().shortened());
            return;
        }
        var end = ExitRecordFile.exitOf(container.id().value(), exitRecord);
        if (end.isPresent()) {
            var at = end.get().finishedAt();
            exits.note(container,
                    new Shims.End(container.id(), end.get().code(), at.getEpochSecond() * 1_000_000_000L + at.getNano()));
            return;
        }
        clear(container, deadline);
        var record = container.record();
        store.updateAnyway(container, record.with(record.life().lost(Clocks.nanos(clock))), Durability.POWER, retries);
        events.container(record.id(), record.sandbox(), ContainerEventType.CONTAINER_STOPPED_EVENT);
        LOG.warn("event=container-lost container={}", container.id().shortened());
    }

    private void clear(Container container, long deadline) throws IOException {
        var sandbox = sandboxes.get(container.record().sandbox());
        if (sandbox.isPresent()) {
            var cgroup = parts.cgroup(container.record(), sandbox.get().record());
            cgroup.kill();
            cgroup.delete(Duration.ofNanos(deadline - System.nanoTime()));
        }
    }

    /** A start that was called off has left a shim that nobody would ever release; the container can be started again after that. */
    private void killLeftShims() {
        var states = parts.states();
        if (!Files.exists(states)) {
            return; // a new machine, or one that was booted
        }
        var noted = new HashSet<Path>();
        try {
            var directory = states.toRealPath(); // as the kernel names it
            for (var container : store.all()) {
                if (container.record().life() instanceof Running running && !running.shim().equals(ShimRef.GONE)) {
                    noted.add(directory.resolve(states.relativize(parts.paths(container.id()).exitRecord())));
                }
            }
            for (var id : store.quarantined()) {
                if (!store.corrupt().contains(id)) {
                    noted.add(directory.resolve(states.relativize(parts.paths(id).exitRecord())));
                }
            }
            shims.killLeft(record -> record.startsWith(directory) && !noted.contains(record));
        } catch (IOException e) {
            LOG.error("event=recovery-failed error=\"{}\"", e.getMessage());
        }
    }

    private void endCommands() {
        var left = new LeftCgroups(retries);
        forEach(container -> {
            var sandbox = sandboxes.get(container.record().sandbox());
            if (sandbox.isPresent() && container.record().life() instanceof Running) {
                left.add(container.id(), parts.cgroup(container.record(), sandbox.get().record()).subs(Execs.GROUP));
            }
        });
        left.end(SOON);
    }

    private void removeOrphans() {
        try {
            parts.removeLeft();
        } catch (IOException e) {
            LOG.warn("event=directory-left-over error=\"{}\"", e.getMessage());
        }
        var known = new HashSet<String>();
        for (var container : store.all()) {
            known.add(container.id().value());
            known.addAll(ImageMounts.keys(container.record()));
        }
        var quarantined = store.quarantined();
        for (var key : snapshots.keys()) {
            if (!known.contains(key) && quarantined.stream().noneMatch(id -> key.startsWith(id.value()))) {
                try {
                    snapshots.remove(key);
                } catch (ImageException e) {
                    LOG.warn("event=snapshot-left-over key={} error=\"{}\"", key, e.getMessage());
                }
            }
        }
    }
}

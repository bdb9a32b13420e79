package io.windlass.cri.container;

import io.windlass.cri.container.spec.StopSignal;
import io.windlass.cri.error.CriException;
import io.windlass.cri.event.Events;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.cri.store.Retries;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StartContainerResponse;
import io.windlass.shim.process.LaunchException;
import io.windlass.shim.process.PreparedStart;
import java.io.IOException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a created container's program. A container that could not be started has ended, with code 128 and what went wrong. */
public final class StartContainer {
    private static final Logger LOG = LoggerFactory.getLogger(StartContainer.class);

    private final ContainerStore store;
    private final SandboxStore sandboxes;
    private final ContainerParts parts;
    private final ContainerCgroups cgroups;
    private final PreparedStarts starts;
    private final Shims shims;
    private final Events events;
    private final InstantSource clock;
    private final Retries retries;

    StartContainer(ContainerStore store, SandboxStore sandboxes, ContainerParts parts, ContainerCgroups cgroups,
            PreparedStarts starts, Shims shims, Events events, InstantSource clock, Retries retries) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.parts = parts;
        this.cgroups = cgroups;
        this.starts = starts;
        this.shims = shims;
        this.events = events;
        this.clock = clock;
        this.retries = retries;
    }

    /** @throws CriException NOT_FOUND, or FAILED_PRECONDITION for one that was started already or whose sandbox is stopped */
    public StartContainerResponse call(StartContainerRequest request) throws Exception {
        long begin = System.nanoTime();
        var container = store.require(request.getContainerId());
        var sandbox = sandboxes.get(container.record().sandbox())
                .orElseThrow(() -> CriException.notFound("sandbox " + container.record().sandbox() + " does not exist"));
        var using = sandbox.lock().readLock();
        using.lock();
        container.lock().lock();
        try {
            store.requireStill(container);
            requireCreated(container);
            Sandboxes.requireReady(sandbox);
            start(container, sandbox.record());
        } finally {
            container.lock().unlock();
            using.unlock();
        }
        LOG.info("event=container-started container={} name={} us={}", container.id().shortened(),
                container.record().config().getMetadata().getName(), (System.nanoTime() - begin) / 1000);
        return StartContainerResponse.getDefaultInstance();
    }

    private static void requireCreated(Container container) {
        var life = container.record().life();
        if (!(life instanceof ContainerLife.Created)) {
            throw CriException.failedPrecondition(
                    "container " + container.id() + " is " + life.word() + ": only a created container can be started");
        }
    }

    private void start(Container container, SandboxRecord sandbox) throws Exception {
        var record = container.record();
        var paths = parts.paths(record.id());
        try {
            var spec = parts.spec(container, sandbox);
            var shim = start(record, starts.take(record, sandbox, spec), paths);
            container.keep(spec);
            store.update(container, record.with(record.life().started(Clocks.nanos(clock), shim)), Durability.PROCESS);
            events.container(record.id(), sandbox.id(), ContainerEventType.CONTAINER_STARTED_EVENT);
        } catch (Exception | Error e) {
            takeBack(container, sandbox, e);
            throw e;
        }
    }

    private ShimRef start(ContainerRecord record, PreparedStart prepared, ContainerPaths paths) throws IOException {
        try {
            return shims.start(record.id(), prepared, paths.exitRecord(), LogPlace.make(record));
        } catch (LaunchException e) {
            throw Execs.refusal("container " + record.config().getMetadata().getName() + " cannot be started", e);
        }
    }

    /** It may have run: perhaps only its record could not be written. */
    private void takeBack(Container container, SandboxRecord sandbox, Throwable cause) {
        var record = container.record();
        beside(cause, () -> shims.signal(record.id(), StopSignal.SIGKILL)); // needs no descriptor
        beside(cause, () -> ContainerCgroups.remove(cgroups.of(record.id(), sandbox)));
        beside(cause, () -> shims.closeLog(record.id()));
        if (record.life() instanceof ContainerLife.Created created) {
            var failed = record.with(created.startFailed(Clocks.nanos(clock), String.valueOf(cause.getMessage())));
            store.updateAnyway(container, failed, Durability.PROCESS, retries);
            events.container(record.id(), sandbox.id(), ContainerEventType.CONTAINER_STOPPED_EVENT);
        }
    }

    /** A step of what is taken back. */
    @FunctionalInterface
    private interface Step {
        void take() throws Exception;
    }

    /** One that fails keeps no other from being taken. */
    private static void beside(Throwable cause, Step step) {
        try {
            step.take();
        } catch (Exception | Error e) {
            cause.addSuppressed(e);
        }
    }
}

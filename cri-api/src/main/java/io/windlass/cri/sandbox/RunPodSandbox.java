package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.event.Events;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a sandbox: namespaces, files, network, and no process where none is asked for.
 *
 * <p>
 * A second request with the same name, namespace, uid and attempt joins the first or gets its sandbox. What is left of one that failed, or whose daemon
 * was killed, is taken back first: the name is not lost to it.
 */
public final class RunPodSandbox {
    private static final Logger LOG = LoggerFactory.getLogger(RunPodSandbox.class);

    private final Set<String> handlers;
    private final SandboxStore store;
    private final SandboxParts parts;
    private final RemovePodSandbox remove;
    private final Events events;
    private final InstantSource clock;

    /** @param handlers names of this runtime beside the empty one */
    RunPodSandbox(Set<String> handlers, SandboxStore store, SandboxParts parts, RemovePodSandbox remove, Events events,
            InstantSource clock) {
        this.handlers = handlers;
        this.store = store;
        this.parts = parts;
        this.remove = remove;
        this.events = events;
        this.clock = clock;
    }

    /** @throws CriException INVALID_ARGUMENT naming the field, ALREADY_EXISTS for another sandbox of that name */
    public RunPodSandboxResponse call(RunPodSandboxRequest request) throws Exception {
        SandboxValidation.check(request, handlers);
        var key = SandboxKey.of(request.getConfig().getMetadata());
        var id = store.creations().create(key, () -> create(request));
        checkSame(id, request);
        return RunPodSandboxResponse.newBuilder().setPodSandboxId(id.value()).build();
    }

    private ObjectId create(RunPodSandboxRequest request) throws Exception {
        long start = System.nanoTime();
        removeUnfinished(SandboxKey.of(request.getConfig().getMetadata()));
        var id = ObjectId.random();
        var record = new SandboxRecord(id, request.getConfig(), request.getRuntimeHandler(), Clocks.nanos(clock), SandboxState.CREATING,
                List.of(), parts.cgroup(id, request.getConfig()), false);
        parts.create(record, () -> {
            events.sandbox(id, ContainerEventType.CONTAINER_CREATED_EVENT);
            events.sandbox(id, ContainerEventType.CONTAINER_STARTED_EVENT);
        });
        if (LOG.isInfoEnabled()) {
            LOG.info("event=sandbox-ready sandbox={} name={} namespace={} us={}", id.shortened(), record.key().name(),
                    record.key().namespace(), (System.nanoTime() - start) / 1000);
        }
        return id;
    }

    private void removeUnfinished(SandboxKey key) throws Exception {
        for (var left : store.unfinished(key)) {
            try {
                remove.remove(left);
            } catch (Exception e) {
                LOG.warn("event=sandbox-left-over sandbox={} error=\"{}\"", left.id().shortened(), e.getMessage());
                throw CriException.unavailable("sandbox " + key.namespace() + "/" + key.name() + " attempt " + key.attempt()
                        + " was begun as " + left.id() + ", which cannot be taken back yet: " + e.getMessage());
            }
            LOG.info("event=sandbox-unfinished-removed sandbox={}", left.id().shortened());
        }
    }

    private void checkSame(ObjectId id, RunPodSandboxRequest request) {
        var key = SandboxKey.of(request.getConfig().getMetadata());
        var name = "sandbox " + key.namespace() + "/" + key.name() + " attempt " + key.attempt();
        var existing = store.get(id).map(Sandbox::record)
                .orElseThrow(() -> CriException.unavailable(name + " was removed as soon as it was made as " + id + ": try again"));
        boolean same = existing.state() == SandboxState.READY && existing.config().equals(request.getConfig());
        if (!same) {
            throw CriException.alreadyExists(name + " exists as " + id
                    + ", stopped or with another configuration: remove it, or raise the attempt");
        }
    }
}

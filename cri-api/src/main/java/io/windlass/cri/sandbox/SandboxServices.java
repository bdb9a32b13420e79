package io.windlass.cri.sandbox;

import io.windlass.cni.NetworkException;
import io.windlass.cni.PodNetwork;
import io.windlass.cri.config.Config;
import io.windlass.cri.event.Events;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.Retries;
import io.windlass.cri.v1.ContainerEventType;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.process.Launcher;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls about sandboxes, made from what they share.
 *
 * <p>
 * Containers need sandboxes and sandboxes their containers: {@link #calls} is given those last.
 */
public final class SandboxServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxServices.class);

    private final Set<String> handlers;
    private final SandboxStore store;
    private final LauncherInits inits;
    private final SandboxParts parts;
    private final PodNetwork network;
    private final InstantSource clock;
    private final Retries retries = new Retries();

    /** The calls. */
    public record Calls(RunPodSandbox run, StopPodSandbox stop, RemovePodSandbox remove, GetPodSandboxStatus status, ListPodSandbox list) {}

    private SandboxServices(Config config, SandboxStore store, PodNetwork network, PodCgroups cgroups, Launcher launcher,
            InstantSource clock) {
        this.handlers = config.runtimeHandlers();
        this.store = store;
        this.network = network;
        this.clock = clock;
        this.inits = new LauncherInits(launcher, cgroups);
        this.parts = new SandboxParts(config.state().resolve("sandboxes"), config.cni().netnsDir(), store, network, cgroups, inits,
                retries);
    }

    /** Opens the sandboxes that have a record under the root directory. */
    public static SandboxServices open(Config config, PodNetwork network, CgroupDriver cgroups, Launcher launcher, InstantSource clock)
            throws IOException {
        return new SandboxServices(config, SandboxStore.open(config.root().resolve("sandboxes")), network,
                new DriverCgroups(cgroups, config.cgroup().parent()), launcher, clock);
    }

    public SandboxStore store() {
        return store;
    }

    /** Returns what containers use of sandboxes. */
    public PodParts parts() {
        return new PodParts(parts, inits);
    }

    /** Makes the calls; what they change goes to {@code events}. */
    public Calls calls(PodContainers containers, Events events) {
        var stop = new StopPodSandbox(store, parts, containers, events);
        var remove = new RemovePodSandbox(store, parts, containers, stop, events);
        return new Calls(new RunPodSandbox(handlers, store, parts, remove, events, clock), stop, remove,
                new GetPodSandboxStatus(store, parts, containers, clock), new ListPodSandbox(store));
    }

    /**
     * Takes up the sandboxes of an earlier daemon: one whose namespaces or files are gone, or that was never finished, is not ready, and is taken off
     * its network. Addresses of sandboxes that no longer exist are given back.
     */
    public void recover(Events events) throws IOException {
        parts.removeLeft();
        for (var sandbox : store.all()) {
            var record = sandbox.record();
            if (!record.hostNetwork() && !record.networkDone()) {
                adoptNetwork(record);
            }
            if (record.state() == SandboxState.CREATING) {
                endInit(record);
                setAside(sandbox, record.unfinished(), "unfinished", events);
            } else if (record.state() == SandboxState.READY && !SandboxNamespaces.areThereWithFiles(record, parts.paths(record.id()))) {
                setAside(sandbox, record.notReady(), "namespaces-or-files-gone", events);
            } else if (record.state() == SandboxState.READY) {
                adopt(record.id(), record);
            }
            if (sandbox.record().state() != SandboxState.READY && !record.networkDone()) {
                parts.finish(sandbox);
            }
        }
        new Attachments(store, parts, network, retries).review();
    }

    /** On a full disk, too: the daemon has to start for what is on it to be removed. */
    private void setAside(Sandbox sandbox, SandboxRecord record, String reason, Events events) {
        store.updateAnyway(sandbox, record);
        LOG.warn("event=sandbox-not-ready sandbox={} reason={}", record.id().shortened(), reason);
        events.sandbox(record.id(), ContainerEventType.CONTAINER_STOPPED_EVENT);
    }

    private void adoptNetwork(SandboxRecord record) {
        try {
            network.adopt(PodAttachment.of(record), record.ips());
        } catch (NetworkException e) {
            LOG.warn("event=network-not-adopted sandbox={} error=\"{}\"", record.id().shortened(), e.getMessage());
        }
    }

    private void adopt(ObjectId id, SandboxRecord record) {
        try {
            inits.adopt(record, parts.paths(id));
        } catch (IOException | RuntimeException e) {
            LOG.warn("event=init-not-found sandbox={} error=\"{}\"", id.shortened(), e.getMessage());
        }
    }

    private void endInit(SandboxRecord record) {
        try {
            inits.endLeft(record, parts.paths(record.id()));
        } catch (IOException | RuntimeException e) {
            LOG.warn("event=init-not-ended sandbox={} error=\"{}\"", record.id().shortened(), e.getMessage());
        }
    }

    @Override
    public void close() {
        retries.close();
        inits.close();
    }
}

package io.windlass.cri.sandbox;

import io.windlass.cni.Netns;
import io.windlass.cni.NetworkException;
import io.windlass.cni.PodNetwork;
import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.RecordDirectory.Durability;
import io.windlass.cri.store.Retries;
import io.windlass.cri.store.Trees;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PodSandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a sandbox is made of, made and taken back: record, namespaces, network, files, cgroup, and the init of a shared PID namespace.
 *
 * <p>
 * The record is on disk before the network is touched. Taking back may be repeated, and works on a sandbox that was made only in part: a
 * sandbox that could not be made is taken back the same way, and stays as unfinished if that fails.
 */
final class SandboxParts {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxParts.class);

    private final Path directory;
    private final Path netnsDirectory;
    private final SandboxStore store;
    private final PodNetwork network;
    private final PodCgroups cgroups;
    private final PodInits inits;
    private final Retries retries;

    /**
     * @param directory      {@code STATE/sandboxes}
     * @param netnsDirectory where network namespaces are pinned
     */
    SandboxParts(Path directory, Path netnsDirectory, SandboxStore store, PodNetwork network, PodCgroups cgroups, PodInits inits,
            Retries retries) {
        this.directory = directory;
        this.netnsDirectory = netnsDirectory;
        this.store = store;
        this.network = network;
        this.cgroups = cgroups;
        this.inits = inits;
        this.retries = retries;
    }

    SandboxPaths paths(ObjectId id) {
        return new SandboxPaths(directory.resolve(id.value()));
    }

    /** Returns the cgroup that a new sandbox will have. */
    PodCgroup cgroup(ObjectId id, PodSandboxConfig config) {
        var made = store.all().stream().flatMap(other -> other.record().cgroup().made().stream()).collect(Collectors.toSet());
        return cgroups.plan(id, config.getLinux().getCgroupParent(), made);
    }

    /** Returns the pid of the init of the shared PID namespace, 0 without one. */
    int initPid(SandboxRecord sandbox) {
        return inits.pid(sandbox.id());
    }

    /**
     * Makes the sandbox ready; after a failure nothing is left, or the sandbox stays as unfinished.
     *
     * @param ready called with the sandbox's lock, before anybody can stop it
     */
    void create(SandboxRecord record, Runnable ready) throws Exception {
        var paths = paths(record.id());
        Files.createDirectories(paths.directory());
        var namespaces = Aside.run(() -> SandboxNamespaces.create(record, paths, netnsDirectory, inits));
        var sandbox = add(record, namespaces);
        try (var netns = namespaces.get()) {
            var files = Aside.run(() -> {
                SandboxFiles.create(record, paths);
                cgroups.create(record.cgroup());
                return record;
            });
            List<String> ips = attach(record, netns, files);
            if (record.namespaces().getPid() == NamespaceMode.POD) {
                inits.ensure(record, paths);
            }
            if (!makeReady(sandbox, ips, ready)) {
                throw CriException.unavailable("sandbox " + record.id() + " was stopped while it was made: try again");
            }
        } catch (Throwable e) {
            takeBack(sandbox, e);
            throw e;
        }
    }

    /** Somebody who lists what is being made may stop and remove it. */
    private boolean makeReady(Sandbox sandbox, List<String> ips, Runnable ready) throws IOException {
        var lock = sandbox.lock().writeLock();
        lock.lock();
        try {
            if (store.get(sandbox.id()).isEmpty() || sandbox.record().state() != SandboxState.CREATING) {
                return false;
            }
            store.update(sandbox, sandbox.record().ready(ips), Durability.PROCESS);
            ready.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends what runs for the sandbox, and gives its network back. Repeatable. */
    void stop(Sandbox sandbox) throws Exception {
        var record = sandbox.record();
        var paths = paths(record.id());
        inits.stop(record, paths);
        if (!record.networkDone()) {
            if (!record.hostNetwork()) {
                try {
                    detach(record);
                } catch (NetworkException e) {
                    retries.later("take sandbox " + record.id() + " off its network", () -> stopAgain(sandbox));
                    throw e;
                }
            }
            store.updateAnyway(sandbox, record.offNetwork());
        }
        SandboxNamespaces.remove(paths);
        SandboxFiles.unmount(paths);
    }

    private void detach(SandboxRecord record) throws NetworkException {
        var pin = paths(record.id()).net();
        try (var netns = Files.exists(pin) ? Netns.at(pin) : null) {
            network.del(PodAttachment.of(record), netns);
        }
    }

    /** Goes on with a stop that an earlier daemon was killed in, beside the caller. */
    void finish(Sandbox sandbox) {
        retries.now("take sandbox " + sandbox.id() + " off its network", () -> stopAgain(sandbox));
    }

    private void stopAgain(Sandbox sandbox) throws Exception {
        var lock = sandbox.lock().writeLock();
        lock.lock();
        try {
            if (store.get(sandbox.id()).isPresent() && !sandbox.record().networkDone()) {
                stop(sandbox);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes what is left of a stopped sandbox. Repeatable. */
    void remove(Sandbox sandbox) throws IOException {
        var others = store.all().stream().filter(other -> !other.id().equals(sandbox.id())).map(Sandbox::record)
                .filter(other -> other.state() == SandboxState.READY || other.state() == SandboxState.CREATING)
                .map(other -> other.cgroup().path()).toList();
        cgroups.remove(sandbox.id(), sandbox.record().cgroup(), others);
        Trees.delete(paths(sandbox.id()).directory());
    }

    /** Takes back what was made for sandboxes that never came to have a record. */
    void removeLeft() throws IOException {
        for (var left : store.left(directory)) {
            try {
                removeFiles(new SandboxPaths(left));
                LOG.info("event=sandbox-unfinished-removed sandbox={}", left.getFileName());
            } catch (IOException e) {
                LOG.warn("event=sandbox-left-over directory={} error=\"{}\"", left, e.getMessage());
            }
        }
    }

    private static void removeFiles(SandboxPaths paths) throws IOException {
        SandboxNamespaces.remove(paths);
        SandboxFiles.unmount(paths);
        Trees.delete(paths.directory());
    }

    private Sandbox add(SandboxRecord record, Aside<@Nullable Netns> namespaces) throws Exception {
        try {
            return store.add(record);
        } catch (IOException e) {
            close(namespaces, e);
            try {
                removeFiles(paths(record.id()));
            } catch (IOException left) { // there may be no descriptor for that now
                e.addSuppressed(left);
                retries.later("remove what is left of sandbox " + record.id(), () -> removeFiles(paths(record.id())));
            }
            throw e;
        }
    }

    /** Waits for them, be it that they could not be made. */
    private static void close(Aside<@Nullable Netns> namespaces, Throwable cause) {
        try {
            var netns = namespaces.get();
            if (netns != null) {
                netns.close();
            }
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }

    private List<String> attach(SandboxRecord record, @Nullable Netns netns, Aside<?> files) throws Exception {
        try {
            if (netns == null) {
                return List.of();
            }
            var ips = network.add(PodAttachment.of(record), netns).podIps();
            SandboxNamespaces.setInterfaces(record, netns);
            return ips;
        } finally {
            files.get();
        }
    }

    private void takeBack(Sandbox sandbox, Throwable cause) {
        var lock = sandbox.lock().writeLock();
        lock.lock(); // somebody may be stopping it
        try {
            if (sandbox.record().networkDone()) {
                detachStopped(sandbox.record(), cause);
            }
            stop(sandbox);
            remove(sandbox);
            store.remove(sandbox);
        } catch (Exception e) {
            cause.addSuppressed(e);
            LOG.warn("event=sandbox-left-over sandbox={} error=\"{}\"", sandbox.id().shortened(), e.getMessage());
            if (sandbox.record().state() == SandboxState.CREATING) { // else it was stopped meanwhile
                store.updateAnyway(sandbox, sandbox.record().unfinished());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whoever stopped the sandbox while it was made has noted that it is off its network, perhaps before it came onto it. */
    private void detachStopped(SandboxRecord record, Throwable cause) {
        if (record.hostNetwork()) {
            return;
        }
        try {
            detach(record);
        } catch (NetworkException e) {
            cause.addSuppressed(e);
            retries.later("take sandbox " + record.id() + " off the network that it came onto when it was stopped", () -> detach(record));
        }
    }
}

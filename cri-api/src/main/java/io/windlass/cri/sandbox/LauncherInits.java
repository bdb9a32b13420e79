package io.windlass.cri.sandbox;

import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.shim.process.Launcher;
import io.windlass.shim.process.NamespaceHolder;
import io.windlass.shim.process.PodInit;
import io.windlass.shim.spec.NamespaceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Inits of pods by the launcher. Which process it is stands in the sandbox's state directory, {@code PID START_TIME}, for the next daemon.
 */
final class LauncherInits implements PodInits, AutoCloseable {
    private static final Duration LAST_PROCESS = Duration.ofSeconds(10);

    private final Launcher launcher;
    private final PodCgroups cgroups;
    private final ConcurrentHashMap<ObjectId, PodInit> inits = new ConcurrentHashMap<>();

    LauncherInits(Launcher launcher, PodCgroups cgroups) {
        this.launcher = launcher;
        this.cgroups = cgroups;
    }

    @Override
    public synchronized void ensure(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        if (find(sandbox.id(), paths).isPresent()) {
            return;
        }
        var init = launcher.podInit(sandbox.id().value(), SandboxNamespaces.pinned(sandbox, paths),
                cgroups.createInit(sandbox.id(), sandbox.cgroup()));
        try {
            var written = paths.init().resolveSibling("init.tmp");
            Files.writeString(written, init.pid() + " " + init.startTime());
            Files.move(written, paths.init(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try (init) {
                init.kill(Duration.ZERO); // nothing is in its namespace that its end would wait for
            }
            throw e;
        }
        inits.put(sandbox.id(), init);
    }

    /** Finds the init that an earlier daemon started. */
    synchronized void adopt(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        find(sandbox.id(), paths);
    }

    /** Ends the init of a sandbox that an earlier daemon was killed over, also where it had not come to note which process that is. */
    synchronized void endLeft(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        if (sandbox.namespaces().getPid() == NamespaceMode.POD && !Files.exists(paths.init())) {
            launcher.killLeftPodInit(sandbox.id().value());
        }
    }

    @Override
    public NamespaceHolder hold(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts) throws IOException {
        return launcher.holdNamespaces(net, ipc, uts);
    }

    @Override
    public int pid(ObjectId sandbox) {
        var init = inits.get(sandbox);
        return init == null ? 0 : init.pid();
    }

    /** Other pods' inits go on meanwhile: what is stuck in the kernel holds up its own pod only. */
    @Override
    public void stop(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        Optional<PodInit> init;
        synchronized (this) {
            init = find(sandbox.id(), paths);
        }
        if (init.isPresent()) {
            if (!init.get().kill(LAST_PROCESS)) {
                throw CriException.deadlineExceeded("the shared PID namespace of sandbox " + sandbox.id()
                        + " does not end although its init, "
                        + init.get().pid() + ", was killed: a process in it is stuck in the kernel, look for state D in /proc/*/stat");
            }
            forget(sandbox.id(), init.get(), paths);
        }
        cgroups.removeInit(sandbox.id(), sandbox.cgroup());
    }

    @Override
    public void close() {
        inits.values().forEach(PodInit::close);
    }

    /** One that has ended is none: by a signal of a container that may, or by the node's OOM killer. */
    private Optional<PodInit> find(ObjectId id, SandboxPaths paths) throws IOException {
        var known = inits.get(id);
        if (known != null && known.hasEnded()) {
            forget(id, known, paths);
            return Optional.empty();
        }
        if (known != null || !Files.exists(paths.init())) {
            return Optional.ofNullable(known);
        }
        var words = Files.readString(paths.init()).split(" ");
        var init = launcher.adoptPodInit(Integer.parseInt(words[0]), Long.parseLong(words[1]));
        if (init.isPresent()) {
            inits.put(id, init.get());
        } else {
            Files.delete(paths.init());
        }
        return init;
    }

    private synchronized void forget(ObjectId id, PodInit init, SandboxPaths paths) throws IOException {
        if (inits.remove(id, init)) {
            init.close();
            Files.deleteIfExists(paths.init());
        }
    }
}

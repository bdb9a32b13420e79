package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.shim.process.Launcher;
import io.windlass.shim.process.NamespaceHolder;
import io.windlass.shim.process.PodInit;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.NamespaceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Inits of pods by the launcher. Which process it is stands in the sandbox's state directory, {@code PID START_TIME}, for the next daemon.
 */
final class LauncherInits implements PodInits, AutoCloseable {
    private final Launcher launcher;
    private final ConcurrentHashMap<ObjectId, PodInit> inits = new ConcurrentHashMap<>();

    LauncherInits(Launcher launcher) {
        this.launcher = launcher;
    }

    @Override
    public synchronized void ensure(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        if (find(sandbox.id(), paths).isPresent()) {
            return;
        }
        var init = launcher.podInit(sandbox.id().value(), SandboxNamespaces.pinned(sandbox, paths), CgroupJoin.NONE);
        try {
            var written = paths.init().resolveSibling("init.tmp");
            Files.writeString(written, init.pid() + " " + init.startTime());
            Files.move(written, paths.init(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            init.kill();
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

    @Override
    public synchronized void stop(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        var init = find(sandbox.id(), paths);
        if (init.isPresent()) {
            init.get().kill();
            init.get().close();
            inits.remove(sandbox.id());
        }
        Files.deleteIfExists(paths.init());
    }

    @Override
    public void close() {
        inits.values().forEach(PodInit::close);
    }

    private Optional<PodInit> find(ObjectId id, SandboxPaths paths) throws IOException {
        var known = inits.get(id);
        if (known != null || !Files.exists(paths.init())) {
            return Optional.ofNullable(known);
        }
        var words = Files.readString(paths.init()).split(" ");
        var init = launcher.adoptPodInit(Integer.parseInt(words[0]), Long.parseLong(words[1]));
        init.ifPresent(found -> inits.put(id, found));
        return init;
    }
}

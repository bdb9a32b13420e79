package io.windlass.cri.sandbox;

import io.windlass.cri.v1.NamespaceMode;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a sandbox offers to its containers. */
public final class PodParts {
    private static final Path HOST_SHM = Path.of("/dev/shm");

    private final SandboxParts parts;
    private final PodInits inits;

    PodParts(SandboxParts parts, PodInits inits) {
        this.parts = parts;
        this.inits = inits;
    }

    /** Returns the name that containers see as HOSTNAME. */
    public String hostname(SandboxRecord sandbox) throws IOException {
        return SandboxFiles.hostname(sandbox.config());
    }

    /** Returns the namespaces of the sandbox, with this one for process ids. */
    public PodNamespaces namespaces(SandboxRecord sandbox, NamespaceSpec pid) {
        var paths = parts.paths(sandbox.id());
        var pinned = SandboxNamespaces.pinned(sandbox, paths);
        return new PodNamespaces(pinned.net(), pinned.ipc(), pinned.uts(), pid, pinned.user());
    }

    /** Returns the network namespace of the sandbox. */
    public NamespaceSpec network(SandboxRecord sandbox) {
        return SandboxNamespaces.pinned(sandbox, parts.paths(sandbox.id())).net();
    }

    /** Returns the PID namespace that the sandbox's containers share; makes it, with its init, if no container needed it before. */
    public NamespaceSpec pidNamespace(SandboxRecord sandbox) throws IOException {
        if (sandbox.namespaces().getPid() == NamespaceMode.NODE) {
            return NamespaceSpec.HOST;
        }
        inits.ensure(sandbox, parts.paths(sandbox.id()));
        return NamespaceSpec.join(Namespace.PID.of(inits.pid(sandbox.id())));
    }

    /** Returns the mounts of the sandbox's own files: /etc/hostname, /etc/hosts, /etc/resolv.conf and /dev/shm. */
    public List<MountSpec> mounts(SandboxRecord sandbox, boolean readonly) {
        var paths = parts.paths(sandbox.id());
        var mounts = new ArrayList<MountSpec>();
        mounts.add(MountSpec.Bind.of("/etc/hostname", paths.hostname(), readonly));
        mounts.add(MountSpec.Bind.of("/etc/hosts", paths.hosts(), readonly));
        mounts.add(MountSpec.Bind.of("/etc/resolv.conf", paths.resolvConf(), readonly));
        mounts.add(MountSpec.Bind.of("/dev/shm", sandbox.hostIpc() ? HOST_SHM : paths.shm(), false));
        return mounts;
    }
}

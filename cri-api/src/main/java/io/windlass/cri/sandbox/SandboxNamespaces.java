package io.windlass.cri.sandbox;

import io.windlass.cni.Netns;
import io.windlass.cni.NetnsFactory;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of a sandbox: made by one unshare(2), set up, and pinned by bind mounts, so that no process is needed to keep them.
 * Those of a pod with a user namespace of its own are made by a process in it, which owns them then.
 *
 * <p>
 * A sandbox on the node's network keeps the node's host name too.
 */
public final class SandboxNamespaces {
    private SandboxNamespaces() {}

    /**
     * Makes what the sandbox does not share with the node, with its host name and kernel parameters.
     *
     * @param netnsDirectory where the network namespace is pinned
     * @return the network namespace, open; null on the node's network
     */
    static @Nullable Netns create(SandboxRecord sandbox, SandboxPaths paths, Path netnsDirectory, PodInits processes)
            throws IOException {
        var own = new ArrayList<Namespace>();
        if (!sandbox.hostNetwork()) {
            own.add(Namespace.NET);
            own.add(Namespace.UTS);
            paths.placeNet(netnsDirectory);
        }
        if (!sandbox.hostIpc()) {
            own.add(Namespace.IPC);
        }
        var users = sandbox.users();
        if (users.isPresent()) {
            try (var holder = processes.hold(newIf(own, Namespace.NET), newIf(own, Namespace.IPC), newIf(own, Namespace.UTS))) {
                holder.map(users.get().at(paths.user()));
                Namespace.USER.pin(holder.pid(), paths.user());
                return pin(sandbox, paths, own, () -> enter(own, holder.pid()));
            }
        }
        return own.isEmpty() ? null : pin(sandbox, paths, own, () -> Namespace.unshare(own.toArray(Namespace[]::new)));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private static @Nullable Netns pin(SandboxRecord sandbox, SandboxPaths paths, List<Namespace> own, Step enter) throws IOException {
        return NamespaceThread.<@Nullable Netns, IOException>call(() -> {
            enter.run();
            Netns netns = own.contains(Namespace.NET) ? NetnsFactory.pinCurrent(paths.net()) : null;
            try {
                if (netns != null) {
                    nameHost(sandbox.config().getHostname());
                    Namespace.UTS.pin(paths.uts());
                }
                Sysctls.apply(Sysctls.of(sandbox));
                if (own.contains(Namespace.IPC)) {
                    Namespace.IPC.pin(paths.ipc());
                }
                return netns;
            } catch (IOException | RuntimeException e) {
                if (netns != null) {
                    netns.close();
                }
                throw e;
            }
        });
    }

    /** Sets the parameters of the interfaces that the network has made. */
    static void setInterfaces(SandboxRecord sandbox, Netns netns) throws IOException {
        var sysctls = Sysctls.ofInterfaces(sandbox);
        if (sysctls.isEmpty()) {
            return;
        }
        try (var namespace = netns.open()) {
            NamespaceThread.call(() -> {
                Namespace.NET.setns(namespace);
                Sysctls.apply(sysctls);
                return true;
            });
        }
    }

    private static NamespaceSpec newIf(List<Namespace> own, Namespace kind) {
        return own.contains(kind) ? NamespaceSpec.NEW : NamespaceSpec.HOST;
    }

    private static void enter(List<Namespace> kinds, int pid) throws IOException {
        for (var kind : kinds) {
            try (var namespace = kind.open(kind.of(pid))) {
                kind.setns(namespace);
            }
        }
    }

    /** Returns the sandbox's namespaces where they are pinned; of process ids there is none. */
    static Namespaces pinned(SandboxRecord sandbox, SandboxPaths paths) {
        return new Namespaces(joinUnless(sandbox.hostNetwork(), paths.net()), joinUnless(sandbox.hostIpc(), paths.ipc()),
                joinUnless(sandbox.hostNetwork(), paths.uts()), NamespaceSpec.NEW, NamespaceSpec.NEW,
                sandbox.users().map(users -> users.at(paths.user())).orElse(null));
    }

    private static NamespaceSpec joinUnless(boolean host, Path pin) {
        return host ? NamespaceSpec.HOST : NamespaceSpec.join(pin);
    }

    /** Takes the pins away; the kernel ends each namespace with its last process. Repeatable. */
    static void remove(SandboxPaths paths) throws IOException {
        Namespace.unpin(paths.ipc());
        Namespace.unpin(paths.uts());
        NetnsFactory.remove(paths.net());
        paths.forgetNet();
        Namespace.unpin(paths.user());
    }

    /** Returns whether the pins and files of a sandbox are there: they are not after a reboot. */
    public static boolean areThereWithFiles(SandboxRecord sandbox, SandboxPaths paths) {
        return Files.exists(paths.resolvConf()) && (sandbox.hostNetwork() || isNamespace(paths.net()))
                && (sandbox.hostIpc() || isNamespace(paths.ipc()))
                && (sandbox.users().isEmpty() || isNamespace(paths.user()));
    }

    private static boolean isNamespace(Path pin) {
        try {
            return Files.getFileStore(pin).type().equals("nsfs");
        } catch (IOException e) {
            return false;
        }
    }

    private static void nameHost(String hostname) throws IOException {
        if (!hostname.isEmpty()) {
            Files.writeString(Path.of("/proc/sys/kernel/hostname"), hostname);
        }
    }
}

package io.windlass.cri.sandbox;

import io.windlass.cni.Netns;
import io.windlass.cni.NetnsFactory;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of a sandbox: made by one unshare(2), set up, and pinned by bind mounts, so that no process is needed to keep them.
 *
 * <p>
 * A sandbox on the node's network keeps the node's host name too.
 */
final class SandboxNamespaces {
    private SandboxNamespaces() {}

    /**
     * Makes what the sandbox does not share with the node, with its host name and kernel parameters.
     *
     * @return the network namespace, open; null on the node's network
     */
    static @Nullable Netns create(SandboxRecord sandbox, SandboxPaths paths) throws IOException {
        var own = new ArrayList<Namespace>();
        if (!sandbox.hostNetwork()) {
            own.add(Namespace.NET);
            own.add(Namespace.UTS);
        }
        if (!sandbox.hostIpc()) {
            own.add(Namespace.IPC);
        }
        if (own.isEmpty()) {
            return null;
        }
        return NamespaceThread.<@Nullable Netns, IOException>call(() -> {
            Namespace.unshare(own.toArray(Namespace[]::new));
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

    /** Takes the pins away; the kernel ends each namespace with its last process. Repeatable. */
    static void remove(SandboxPaths paths) throws IOException {
        Namespace.unpin(paths.ipc());
        Namespace.unpin(paths.uts());
        NetnsFactory.remove(paths.net());
    }

    /** Returns whether the pins of a sandbox are there: they are not after a reboot. */
    static boolean exist(SandboxRecord sandbox, SandboxPaths paths) {
        return (sandbox.hostNetwork() || isNamespace(paths.net())) && (sandbox.hostIpc() || isNamespace(paths.ipc()));
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

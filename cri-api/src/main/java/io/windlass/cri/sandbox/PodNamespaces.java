package io.windlass.cri.sandbox;

import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.UserNamespace;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces that a sandbox offers to its containers: its own, or the host's.
 *
 * @param pid the sandbox's shared one; for a container that asks for its own this is not used
 * @param user the owner of the others; null for the host's
 */
public record PodNamespaces(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts, NamespaceSpec pid, @Nullable UserNamespace user) {
    /** In the host's user namespace. */
    public PodNamespaces(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts, NamespaceSpec pid) {
        this(net, ipc, uts, pid, null);
    }
}

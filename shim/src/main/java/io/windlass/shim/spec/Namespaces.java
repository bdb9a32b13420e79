package io.windlass.shim.spec;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of a container. The mount namespace is always a new one.
 *
 * @param net network
 * @param ipc System V IPC and POSIX message queues
 * @param uts host name
 * @param pid process ids; joined when the pod shares it or another container is the target
 * @param cgroup the view of the cgroup tree; new or the host's
 * @param user the owner of those that are joined or new; null for the host's
 */
public record Namespaces(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts, NamespaceSpec pid, NamespaceSpec cgroup,
        @Nullable UserNamespace user) {

    /** In the host's user namespace. */
    public Namespaces(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts, NamespaceSpec pid, NamespaceSpec cgroup) {
        this(net, ipc, uts, pid, cgroup, null);
    }

    /** Returns these, owned by a user namespace. */
    public Namespaces in(UserNamespace owner) {
        return new Namespaces(net, ipc, uts, pid, cgroup, owner);
    }

    /** Returns a container's usual namespaces: network, IPC and UTS of the pod, pid and cgroup of its own. */
    public static Namespaces ofPod(Path net, Path ipc, Path uts) {
        return new Namespaces(NamespaceSpec.join(net), NamespaceSpec.join(ipc), NamespaceSpec.join(uts), NamespaceSpec.NEW,
                NamespaceSpec.NEW);
    }

    /** Everything of its own, and a network without any interface up. */
    public static Namespaces allNew() {
        return new Namespaces(NamespaceSpec.NEW, NamespaceSpec.NEW, NamespaceSpec.NEW, NamespaceSpec.NEW, NamespaceSpec.NEW);
    }
}

package io.windlass.cri.stats;

import io.windlass.cri.sandbox.SandboxPaths;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.sandbox.SandboxState;
import io.windlass.cri.store.ObjectId;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The network interfaces of pods, as seen from inside: one thread goes through the network namespaces of all pods asked for, in some twenty
 * microseconds each. A pod on the node's network has none of its own.
 */
final class PodInterfaces {
    private static final int MOST = 1 << 20;

    private final Path sandboxes;

    /** @param sandboxes {@code STATE/sandboxes} */
    PodInterfaces(Path sandboxes) {
        this.sandboxes = sandboxes;
    }

    /** Reads the interfaces of those of the pods that have some. */
    Map<ObjectId, List<Interface>> of(Collection<SandboxRecord> pods) {
        var wanted = pods.stream().filter(pod -> pod.state() == SandboxState.READY && !pod.hostNetwork()).toList();
        var found = new HashMap<ObjectId, List<Interface>>();
        if (!wanted.isEmpty()) {
            NamespaceThread.<Integer, RuntimeException>call(() -> {
                wanted.forEach(pod -> read(pod.id(), found));
                return found.size();
            });
        }
        return found;
    }

    private void read(ObjectId pod, Map<ObjectId, List<Interface>> found) {
        try (var namespace = Namespace.NET.open(new SandboxPaths(sandboxes.resolve(pod.value())).net())) {
            Namespace.NET.setns(namespace);
            try (var dev = Syscall.open("/proc/thread-self/net/dev", Fcntl.O_RDONLY, 0)) {
                found.put(pod, Interface.parse(new String(dev.readAll(MOST), StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            found.remove(pod); // it is being stopped
        }
    }
}

package io.windlass.shim.spec;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Everything the shim needs to start one container. See the OCI runtime specification, config.md.
 *
 * @param process what is executed as the container's init, and as whom
 * @param root the root file system
 * @param hostname set in the UTS namespace, which must be a new one; empty leaves the name alone
 * @param mounts in the order in which they are made, after the root; {@link StandardMounts} gives the usual head of the list
 * @param linux namespaces, cgroup, hidden paths, devices and sysctls
 */
public record ContainerSpec(ProcessSpec process, RootSpec root, String hostname, List<MountSpec> mounts, LinuxSpec linux) {
    public ContainerSpec {
        mounts = List.copyOf(mounts);
        if (!hostname.isEmpty() && !(linux.namespaces().uts() instanceof NamespaceSpec.New)) {
            throw new IllegalArgumentException("hostname " + hostname + " needs a UTS namespace of the container's own");
        }
    }

    /** Returns the binds and images whose places are in the root itself, not in an earlier mount. */
    public List<MountSpec> mountsInRoot() {
        return IntStream.range(0, mounts.size())
                .filter(i -> mounts.get(i) instanceof MountSpec.Bind || mounts.get(i) instanceof MountSpec.Image)
                .filter(i -> !isNested(mounts.get(i).destination(), mounts.subList(0, i))).mapToObj(mounts::get).toList();
    }

    private static boolean isNested(String destination, List<MountSpec> earlier) {
        return earlier.stream()
                .anyMatch(mount -> destination.equals(mount.destination()) || destination.startsWith(mount.destination() + "/"));
    }
}

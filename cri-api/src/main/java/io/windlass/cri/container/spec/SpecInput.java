package io.windlass.cri.container.spec;

import io.windlass.cri.container.spec.DeviceRules.GivenDevice;
import io.windlass.cri.sandbox.PodNamespaces;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Rlimit;
import io.windlass.shim.spec.RootSpec;
import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.SeccompFilter;
import io.windlass.shim.spec.SecurityLabel;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything a container's specification is made of: the request, and what was found for it.
 *
 * @param resources the request's limits with all later updates
 * @param hostname the value of HOSTNAME
 * @param mounts the binds of the request and of the sandbox, sources resolved, in the order in which they are made
 * @param devices the devices of the request, found on the host
 * @param localSeccomp the filter of a profile of the node; null unless the request names one
 * @param label what a security module of the kernel knows the container by; null for none
 */
public record SpecInput(ContainerConfig config, LinuxContainerResources resources, ImageFacts image, ContainerUser user, String hostname,
        PodNamespaces namespaces, RootSpec root, List<MountSpec> mounts, List<GivenDevice> devices, CgroupPlace cgroup,
        @Nullable SeccompFilter localSeccomp, @Nullable SecurityLabel label, Node node) {

    /**
     * Where the container's processes live in the cgroup tree.
     *
     * @param join how its init gets in
     * @param views what it sees of them under /sys/fs/cgroup
     */
    public record CgroupPlace(CgroupJoin join, List<MountSpec.CgroupView> views) {}

    /**
     * What every container of this node gets.
     *
     * @param machine the machine's own way of calling the kernel
     * @param possible the daemon's bounding set
     * @param pidsLimit processes in a container; 0 for no limit
     * @param leastOomScoreAdj what the daemon may lower an oom_score_adj to
     */
    public record Node(Abi machine, Set<Capability> possible, List<Rlimit> rlimits, long pidsLimit, int leastOomScoreAdj) {}

    public SpecInput {
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
    }

    LinuxContainerSecurityContext context() {
        return config.getLinux().getSecurityContext();
    }

    boolean privileged() {
        return context().getPrivileged();
    }

    /** Returns the limits for the container's cgroup. */
    public Resources cgroupResources() {
        return CgroupLimits.of(resources, node.pidsLimit(), DeviceRules.of(privileged(), devices));
    }
}

package io.windlass.shim.spec;

import java.util.List;
import java.util.Set;

/** The mounts every container starts with: /proc, /dev, /dev/mqueue, /sys and /sys/fs/cgroup. */
public final class StandardMounts {
    private StandardMounts() {}

    /**
     * Returns the head of a container's mount list. /dev/shm is not among them: bind the pod's own directory there.
     *
     * @param privileged whether /sys and /sys/fs/cgroup are writable
     * @param cgroups the container's cgroup directories; empty leaves /sys/fs/cgroup out
     */
    public static List<MountSpec> of(boolean privileged, List<MountSpec.CgroupView> cgroups) {
        Set<MountFlag> safe = Set.of(MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC);
        Set<MountFlag> sys = privileged ? safe : Set.of(MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC, MountFlag.READONLY);
        MountSpec proc = new MountSpec.Filesystem("/proc", "proc", safe, "");
        MountSpec mqueue = new MountSpec.Filesystem("/dev/mqueue", "mqueue", safe, "");
        MountSpec sysfs = new MountSpec.Filesystem("/sys", "sysfs", sys, "");
        if (cgroups.isEmpty()) {
            return List.of(proc, new MountSpec.Dev(), mqueue, sysfs);
        }
        return List.of(proc, new MountSpec.Dev(), mqueue, sysfs, new MountSpec.Cgroup(cgroups, !privileged));
    }
}

package io.windlass.shim.spec;

import org.jspecify.annotations.Nullable;

/**
 * A process to run in a container that is already there. It enters all namespaces of the container's init.
 *
 * @param cgroup the cgroups the new process joins first
 * @param user the container's user namespace; null for the host's
 */
public record ExecSpec(ProcessSpec process, CgroupJoin cgroup, @Nullable UserNamespace user) {
    /** In a container that is in the host's user namespace. */
    public ExecSpec(ProcessSpec process, CgroupJoin cgroup) {
        this(process, cgroup, null);
    }
}

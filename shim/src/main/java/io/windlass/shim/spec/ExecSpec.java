package io.windlass.shim.spec;

/**
 * A process to run in a container that is already there. It enters all namespaces of the container's init.
 *
 * @param cgroup the cgroups the new process joins first
 */
public record ExecSpec(ProcessSpec process, CgroupJoin cgroup) {}

package io.windlass.shim.spec;

import java.nio.file.Path;
import java.util.List;

/**
 * A process to run in a container that is already there. It enters all namespaces of the container's init.
 *
 * @param cgroupJoinFiles the {@code cgroup.procs} files the new process writes itself into first
 */
public record ExecSpec(ProcessSpec process, List<Path> cgroupJoinFiles) {
    public ExecSpec {
        cgroupJoinFiles = List.copyOf(cgroupJoinFiles);
    }
}

package io.windlass.shim.spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a new process gets into its cgroups. Neither way waits for the kernel's grace period of 6 ms that a write to {@code cgroup.procs} costs. See cgroups(7).
 *
 * @param tasks the {@code tasks} files of cgroup v1 hierarchies, into each of which the process writes itself
 * @param cloneInto the cgroup v2 directory in which the process is born (CLONE_INTO_CGROUP); null where there is none
 */
public record CgroupJoin(List<Path> tasks, @Nullable Path cloneInto) {
    /** The process stays in the daemon's cgroups. */
    public static final CgroupJoin NONE = new CgroupJoin(List.of(), null);

    public CgroupJoin {
        tasks = List.copyOf(tasks);
    }

    /** Returns how a process gets in, of the files by which it may join: a {@code cgroup.procs} stands for the directory to be cloned into. */
    public static CgroupJoin of(List<Path> joinFiles) {
        List<Path> tasks = new ArrayList<>(joinFiles.size());
        Path cloneInto = null;
        for (Path file : joinFiles) {
            if (file.endsWith("cgroup.procs")) {
                cloneInto = file.getParent();
            } else {
                tasks.add(file);
            }
        }
        return new CgroupJoin(tasks, cloneInto);
    }
}

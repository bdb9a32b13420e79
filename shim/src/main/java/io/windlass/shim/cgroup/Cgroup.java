package io.windlass.shim.cgroup;

import io.windlass.shim.spec.MountSpec.CgroupView;
import io.windlass.shim.spec.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The cgroup of a container or a pod: on v1 one directory in each hierarchy in use, on v2 one directory. It holds nothing open.
 *
 * <p>
 * Life: {@link #create}, {@link #apply}, processes join by {@link #joinFiles}, {@link #kill}, {@link #oomKills}, {@link #delete}.
 */
public sealed interface Cgroup extends Killable permits GroupedCgroup {
    /** Returns the path under the root of each hierarchy. */
    CgroupPath path();

    /** Tells whether the cgroup is there. */
    boolean exists() throws IOException;

    /**
     * Makes the cgroup, and its parents where they are missing, in all hierarchies in use. Where it is there already it is taken as it is. After
     * an error, what this call made is gone again.
     *
     * @return the parents that this call made, the topmost first; nobody else removes them
     */
    List<CgroupPath> create() throws IOException;

    /**
     * Sets limits; what {@code resources} leaves out stays. May be repeated and may raise or lower.
     *
     * @throws io.windlass.shim.linux.ErrnoException with the file and the value; EBUSY for a memory limit below what is in use
     */
    void apply(Resources resources) throws IOException;

    /**
     * As {@link #apply}, for one that has limits already: after an error they are as they were, but for rules of devices, and for what the
     * kernel does not take as it tells it, such as {@code io.max}.
     *
     * @return those of before, which {@link #apply} sets again
     */
    Resources change(Resources resources) throws IOException;

    /**
     * Returns the files by which a process joins. The {@code tasks} files of v1 take "0" from a process with one thread, in 20 us each. A {@code
     * cgroup.procs} file, at most one and of cgroup2, stands for its directory: a process is cloned into that by CLONE_INTO_CGROUP, see
     * clone3(2), in 0.1 ms. Writing to a {@code cgroup.procs} would do too, but waits for a grace period of the kernel, 6 ms.
     */
    List<Path> joinFiles();

    /**
     * Returns what a container shows of this under /sys/fs/cgroup.
     *
     * @param hosts whether the container stays in the host's cgroup namespace: on v2 it gets the whole tree then, in which its
     *        {@code /proc/self/cgroup} is a path; on v1 its own directories in any case, as from the peers
     */
    List<CgroupView> views(boolean hosts);

    /** Returns the processes in it and in the cgroups inside. */
    List<Integer> pids() throws IOException;

    /** Stops all processes inside and waits until they stand, at most two seconds (ETIMEDOUT). */
    void freeze() throws IOException;

    /** Lets them go on. */
    void thaw() throws IOException;

    /** Reads what is used, from a handful of files. */
    CgroupStats stats() throws IOException;

    /** Reads what only metrics want, from some more files. */
    CgroupDetail detail() throws IOException;

    /** Reads pressure stall data; empty where the kernel has none for this cgroup. See the kernel's accounting/psi.rst. */
    Optional<Pressure.All> pressure() throws IOException;

    /** Returns how many of its processes the kernel has killed for want of memory; 0 where it is gone. Read it before {@link #delete}. */
    long oomKills() throws IOException;

    /**
     * Makes a new cgroup inside this one for one exec, so that its processes can be killed together; limits stay those of this one. Its name
     * begins with {@code prefix} and is one that nothing inside has, an exec of an earlier daemon neither. After an error nothing is left.
     */
    ExecGroup sub(String prefix) throws IOException;

    /** Returns those that {@link #sub} has made under names that begin so, and that are still there. */
    List<ExecGroup> subs(String prefix) throws IOException;
}

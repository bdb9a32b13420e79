package io.windlass.shim.cgroup;

import io.windlass.shim.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The processes of one exec in a container: within the container's limits, but to be killed on their own. Not open, may be forgotten. */
public final class ExecGroup {
    private final KillGroup group;
    private final List<Path> joinFiles;

    ExecGroup(KillGroup group, List<Path> joinFiles) {
        this.group = group;
        this.joinFiles = List.copyOf(joinFiles);
    }

    /** Returns the files by which the process joins, as {@link Cgroup#joinFiles}. */
    public List<Path> joinFiles() {
        return joinFiles;
    }

    /** Returns the processes inside. */
    public List<Integer> pids() throws IOException {
        return CgroupTree.pids(group.directory());
    }

    /** Kills all processes inside. Does nothing where it is gone. */
    public void kill() throws IOException {
        group.kill();
    }

    /**
     * Waits for the last process and removes the group. Does nothing where it is gone.
     *
     * @throws ErrnoException EBUSY with the processes that are still there after the timeout
     */
    public void delete(Duration timeout) throws IOException {
        Removal.remove(group, List.of(group.directory()), group.directory().toString(), timeout);
    }
}

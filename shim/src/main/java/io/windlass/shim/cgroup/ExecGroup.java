package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The processes of one exec in a container: within the container's limits, but to be killed on their own. Not open, may be forgotten. */
public final class ExecGroup implements Killable {
    /** Rounds in which processes are taken over that fork meanwhile. */
    private static final int ROUNDS = 100;

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

    @Override
    public void kill() throws IOException {
        group.kill();
    }

    /**
     * Gives what is still inside to the container's own cgroup and removes the group. Does nothing where it is gone.
     *
     * @throws ErrnoException EBUSY where processes come faster than they are taken over; the group is then removed with the container's
     */
    public void leave() throws IOException {
        for (int round = 0; !CgroupTree.remove(group.directory()); round++) {
            if (round == ROUNDS) {
                throw new ErrnoException("rmdir " + group.directory() + " (new processes " + pids() + ")", Errno.EBUSY);
            }
            for (int pid : pids()) {
                takeOver(pid);
            }
        }
    }

    private void takeOver(int pid) throws IOException {
        try {
            ControlFile.write(CgroupTree.parent(group.directory()), "cgroup.procs", Integer.toString(pid));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESRCH) { // it has ended
                throw e;
            }
        }
    }

    @Override
    public void delete(Duration timeout) throws IOException {
        Removal.remove(group, List.of(group.directory()), group.directory().toString(), timeout);
    }
}

package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A directory of the v1 freezer, for machines without cgroup2. See the kernel's cgroup-v1/freezer-subsystem.rst. */
record FreezerGroup(Path directory) implements KillGroup {
    private static final String STATE = "freezer.state";
    private static final long FREEZE_NANOS = 2_000_000_000L;

    /** Freeze, kill, thaw: nothing can fork away meanwhile. What does not freeze in time is killed all the same. */
    @Override
    public void kill() throws IOException {
        if (!CgroupTree.exists(directory)) {
            return;
        }
        try {
            tryFreeze();
            for (int pid : CgroupTree.pids(directory)) {
                Processes.kill(pid, Processes.SIGKILL);
            }
        } finally {
            thaw();
        }
    }

    @Override
    public void freeze() throws IOException {
        if (!tryFreeze()) {
            thaw();
            throw new ErrnoException("freeze " + directory, Errno.ETIMEDOUT);
        }
    }

    /** The kernel tells nobody when it is done, and may need to be told again. */
    private boolean tryFreeze() throws IOException {
        long deadline = System.nanoTime() + FREEZE_NANOS;
        do {
            ControlFile.write(directory, STATE, "FROZEN");
            if (ControlFile.text(directory, STATE).equals("FROZEN")) {
                return true;
            }
            Waiting.tick();
        } while (System.nanoTime() < deadline);
        return false;
    }

    @Override
    public void thaw() throws IOException {
        ControlFile.write(directory, STATE, "THAWED");
    }

    @Override
    public Path joinFile() {
        return directory.resolve("tasks");
    }

    @Override
    public void awaitEmpty(long deadline) throws IOException {
        List<Integer> pids;
        while (!(pids = CgroupTree.pids(directory)).isEmpty() && System.nanoTime() < deadline) {
            Waiting.anyExit(pids, deadline);
        }
    }

    @Override
    public KillGroup child(String name) {
        return new FreezerGroup(directory.resolve(name));
    }
}

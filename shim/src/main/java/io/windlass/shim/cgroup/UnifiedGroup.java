package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.file.Path;

/** A directory of cgroup2, with or without controllers. See the kernel's cgroup-v2.rst: cgroup.kill, cgroup.freeze, cgroup.events. */
record UnifiedGroup(Path directory) implements KillGroup {
    private static final long AGAIN_NANOS = 50_000_000;

    private static final long FREEZE_NANOS = 2_000_000_000L;

    @Override
    public void kill() throws IOException {
        if (!CgroupTree.exists(directory)) {
            return;
        }
        try {
            ControlFile.write(directory, "cgroup.kill", "1");
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODEV || !CgroupTree.exists(directory)) {
                return;
            }
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            killFrozen(); // before Linux 5.14, and in a threaded cgroup
        }
    }

    /** Freeze, kill, thaw: nothing can fork away meanwhile. What does not freeze in time is killed all the same. */
    void killFrozen() throws IOException {
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

    private boolean tryFreeze() throws IOException {
        ControlFile.write(directory, "cgroup.freeze", "1");
        return awaitEvent("frozen", 1, System.nanoTime() + FREEZE_NANOS);
    }

    @Override
    public void thaw() throws IOException {
        ControlFile.write(directory, "cgroup.freeze", "0");
    }

    @Override
    public Path joinFile() {
        return directory.resolve("cgroup.procs");
    }

    @Override
    public void awaitEmpty(long deadline) throws IOException {
        awaitEvent("populated", 0, deadline);
    }

    /**
     * Waits for a value in cgroup.events, whose readers are woken by POLLPRI at each change. The kernel holds a second change within 10 ms back, and
     * forgets it if the group is removed meanwhile: so the file is read again now and then.
     */
    private boolean awaitEvent(String key, long value, long deadline) throws IOException {
        try (Fd events = ControlFile.open(directory, "cgroup.events", Fcntl.O_RDONLY)) {
            byte[] text = new byte[128];
            while (true) {
                events.pread(text, text.length, 0);
                if (ControlFile.keyed(text, key, value) == value) {
                    return true;
                }
                long again = Math.min(AGAIN_NANOS, deadline - System.nanoTime());
                if (again <= 0) {
                    return false;
                }
                Waiting.poll(events, Waiting.POLLPRI, System.nanoTime() + again);
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENODEV) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public KillGroup child(String name) {
        return new UnifiedGroup(directory.resolve(name));
    }
}

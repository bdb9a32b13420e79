package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Takes directories away once their last process has ended. */
final class Removal {
    private Removal() {}

    /**
     * @param group tells of the last process's end
     * @param directories all of the cgroup's, in any hierarchies
     */
    static void remove(KillGroup group, List<Path> directories, String shown, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean waited = false;
        for (Path directory : directories) {
            while (!CgroupTree.remove(directory)) {
                if (!waited) {
                    group.awaitEmpty(deadline);
                    waited = true;
                    continue;
                }
                List<Integer> pids = CgroupTree.pids(directory);
                if (System.nanoTime() - deadline >= 0) {
                    throw new ErrnoException("rmdir " + directory + " (cgroup " + shown + " still has processes " + pids + ")",
                            Errno.EBUSY);
                }
                Waiting.anyExit(pids, deadline);
            }
        }
    }
}

package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.PidFd;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Waits by events, up to a deadline of {@link System#nanoTime}; from a virtual thread by way of a platform thread, which may block. */
final class Waiting {
    static final int POLLPRI = 2;
    private static final long TICK_NANOS = 200_000;

    private Waiting() {}

    /** Waits for events of a descriptor; false at the deadline. */
    static boolean poll(Fd fd, int events, long deadline) throws IOException {
        int millis = (int) Math.clamp((deadline - System.nanoTime() + 999_999) / 1_000_000, 0, Integer.MAX_VALUE);
        if (millis == 0 || !Thread.currentThread().isVirtual()) {
            return FileIo.poll(fd, events, millis) != 0;
        }
        return NamespaceThread.call(() -> FileIo.poll(fd, events, millis) != 0);
    }

    /** Waits until the first of these processes has ended; a moment where there is none, for one that is just going. */
    static void anyExit(List<Integer> pids, long deadline) throws IOException {
        for (int pid : pids) {
            try (PidFd process = PidFd.open(pid)) {
                poll(process.fd(), FileIo.POLLIN, deadline);
                return;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ESRCH && e.errno() != Errno.EINVAL) {
                    throw e;
                }
            }
        }
        tick();
    }

    /** Waits a moment, for what the kernel gives no event of. */
    static void tick() {
        LockSupport.parkNanos(TICK_NANOS);
    }
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads what /proc says of processes. See proc(5). */
final class ProcFile {
    private static final int MAX = 4096;
    private static final int START_TIME = 22;

    private ProcFile() {}

    /** Returns when a process started, in clock ticks since boot; -1 if there is none of that number. */
    static long startTime(int pid) throws IOException {
        String stat = stat(pid);
        int at = 0;
        for (int field = 3; field < START_TIME; field++) {
            at = stat.indexOf(' ', at) + 1;
        }
        return stat.isEmpty() ? -1 : Long.parseLong(stat, at, stat.indexOf(' ', at), 10);
    }

    /** Tells whether a child of ours has ended, be it reaped or not. */
    static boolean hasEnded(int child) throws IOException {
        String stat = stat(child);
        return stat.isEmpty() || stat.charAt(0) == 'Z';
    }

    /** Returns /proc/PID/stat from field 3 on, for the name before that may hold anything; empty if there is no such process. */
    private static String stat(int pid) throws IOException {
        try (Fd file = Syscall.openat(Fd.CWD, "/proc/" + pid + "/stat", Fcntl.O_RDONLY, 0)) {
            String stat = read(file);
            return stat.substring(stat.lastIndexOf(')') + 2);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
                return "";
            }
            throw e;
        }
    }

    /** Returns the process that a pidfd of another process means: -1 if it has ended; 0 if that is not open, or no pidfd. */
    static int pidOf(int holder, int pidfd) throws IOException {
        try (Fd file = Syscall.openat(Fd.CWD, "/proc/" + holder + "/fdinfo/" + pidfd, Fcntl.O_RDONLY, 0)) {
            String info = read(file);
            int at = info.indexOf("\nPid:\t") + 6;
            return at < 6 ? 0 : Integer.parseInt(info, at, info.indexOf('\n', at), 10);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
                return 0;
            }
            throw e;
        }
    }

    /** Returns the daemon's permitted capabilities. */
    static long capabilities() throws IOException {
        try (Fd file = Syscall.openat(Fd.CWD, "/proc/self/status", Fcntl.O_RDONLY, 0)) {
            String status = read(file);
            int at = status.indexOf("CapPrm:") + 7;
            return Long.parseUnsignedLong(status.substring(at, status.indexOf('\n', at)).strip(), 16);
        }
    }

    private static String read(Fd file) throws IOException {
        byte[] buffer = new byte[MAX];
        int length = file.read(buffer, MAX);
        return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    }
}

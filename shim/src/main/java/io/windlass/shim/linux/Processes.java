package io.windlass.shim.linux;

import java.io.IOException;

/** System calls on processes by number, and on the calling process. Prefer {@link PidFd}: a number may come to mean another process. */
public final class Processes {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGCHLD = 17;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGURG = 23;

    private static final int P_PID = 1;
    private static final int WEXITED = 4;
    private static final int SIGINFO = 128;

    private Processes() {}

    /** getpid(2). */
    public static int getpid() {
        return Libc.getpid();
    }

    /** gettid(2): the number of the calling thread's carrier. */
    public static int gettid() {
        return Libc.gettid();
    }

    /**
     * kill(2); a negative pid means the process group.
     *
     * @return false where there is no such process
     */
    public static boolean kill(int pid, int signal) throws IOException {
        if (pid == 0 || pid == -1) {
            throw new IllegalArgumentException("kill of " + (pid == 0 ? "the daemon's own process group" : "every process on the machine"));
        }
        if (Libc.kill(pid, signal) == 0) {
            return true;
        }
        int errno = Libc.errno();
        if (errno == Errno.ESRCH) {
            return false;
        }
        throw new ErrnoException("kill " + pid + " signal " + signal, errno);
    }

    /**
     * Waits for a child of ours to end and reaps it, without a descriptor; until then its number means no other process. Blocks: call it on a
     * dedicated platform thread. ECHILD where it is no child of ours. See waitid(2).
     */
    public static void waitExit(int child) throws IOException {
        byte[] siginfo = new byte[SIGINFO];
        while (Libc.waitid(P_PID, child, siginfo, WEXITED) < 0) {
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                throw new ErrnoException("waitid " + child, errno);
            }
        }
    }

    /** umask(2): sets the process's mask and returns the one before. */
    public static int umask(int mask) {
        return Libc.umask(mask);
    }

    /** sethostname(2) in the calling thread's UTS namespace. Only inside {@link NamespaceThread#call}. */
    public static void sethostname(String name) throws IOException {
        byte[] bytes = CString.of("sethostname", name);
        if (Libc.sethostname(bytes, bytes.length - 1) < 0) {
            throw new ErrnoException("sethostname " + name, Libc.errno());
        }
    }
}

package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A process, held so that its number cannot come to mean another one. See pidfd_open(2). */
public final class PidFd implements AutoCloseable {
    private static final int P_PIDFD = 3;
    private static final int WEXITED = 4;
    private static final int WNOHANG = 1;
    private static final int CLD_EXITED = 1;

    private final Fd fd;
    private final int pid;

    private PidFd(Fd fd, int pid) {
        this.fd = fd;
        this.pid = pid;
    }

    /** pidfd_open(2). For a child of ours this is the child until it is reaped; ESRCH where no process has the number. */
    public static PidFd open(int pid) throws IOException {
        long fd = Libc.syscall(SyscallNumber.PIDFD_OPEN, pid, 0, 0, 0, 0, 0);
        if (fd < 0) {
            throw new ErrnoException("pidfd_open " + pid, Libc.errno());
        }
        return new PidFd(Fd.adopt((int) fd), pid);
    }

    /** Takes over an open pidfd of a process that has this number in our PID namespace. */
    public static PidFd adopt(Fd fd, int pid) {
        return new PidFd(fd, pid);
    }

    /** Returns the descriptor, which stays this object's; readable once the process has ended (all its threads). */
    public Fd fd() {
        return fd;
    }

    /** Returns the number of the process; without this object it may mean another one. */
    public int pid() {
        return pid;
    }

    /**
     * pidfd_send_signal(2).
     *
     * @param signal the number, 0 to look only
     * @return false where the process has been reaped (ESRCH)
     */
    public boolean sendSignal(int signal) throws IOException {
        if (Libc.syscall(SyscallNumber.PIDFD_SEND_SIGNAL, fd.number(), signal, 0, 0, 0, 0) == 0) {
            return true;
        }
        int errno = Libc.errno();
        if (errno == Errno.ESRCH) {
            return false;
        }
        throw new ErrnoException("pidfd_send_signal " + pid + " signal " + signal, errno);
    }

    /** Tells whether the process has ended; works for processes that are not our children. */
    public boolean hasExited() throws IOException {
        return FileIo.poll(fd, FileIo.POLLIN, 0) != 0;
    }

    /**
     * Waits until the process has ended, without reaping it; works for processes that are not our children. Blocks: call it on a dedicated
     * platform thread.
     *
     * @param timeoutMillis -1 for ever
     * @return false after the timeout
     */
    public boolean awaitExit(int timeoutMillis) throws IOException {
        return FileIo.poll(fd, FileIo.POLLIN, timeoutMillis) != 0;
    }

    /** Reaps our child if it has ended; empty where it runs. ECHILD where it is no child of ours or has been reaped. See waitid(2). */
    public Optional<WaitStatus> reap() throws IOException {
        byte[] siginfo = waitid(WEXITED | WNOHANG);
        return pidOf(siginfo) == 0 ? Optional.empty() : Optional.of(status(siginfo));
    }

    /** Waits for our child to end and reaps it. Blocks: call it on a dedicated platform thread. See waitid(2). */
    public WaitStatus waitExit() throws IOException {
        return status(waitid(WEXITED));
    }

    private byte[] waitid(int options) throws ErrnoException {
        byte[] siginfo = new byte[128];
        while (Libc.waitid(P_PIDFD, fd.number(), siginfo, options) < 0) {
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                throw new ErrnoException("waitid " + pid, errno);
            }
        }
        return siginfo;
    }

    private static int pidOf(byte[] siginfo) {
        return ByteBuffer.wrap(siginfo).order(ByteOrder.nativeOrder()).getInt(16);
    }

    private static WaitStatus status(byte[] siginfo) {
        ByteBuffer b = ByteBuffer.wrap(siginfo).order(ByteOrder.nativeOrder());
        boolean exited = b.getInt(8) == CLD_EXITED;
        int value = b.getInt(24);
        return new WaitStatus(b.getInt(16), exited ? value : 0, exited ? 0 : value);
    }

    /** pidfd_getfd(2): a copy of one of the process's descriptors. EBADF where it has no such one. */
    public Fd getfd(int number) throws IOException {
        long r = Libc.syscall(SyscallNumber.PIDFD_GETFD, fd.number(), number, 0, 0, 0, 0);
        if (r < 0) {
            throw new ErrnoException("pidfd_getfd " + pid + " fd " + number, Libc.errno());
        }
        return Fd.adopt((int) r);
    }

    @Override
    public void close() {
        fd.close();
    }
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.Spawn;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.program.Architecture;
import io.windlass.shim.program.ShimFd;
import io.windlass.shim.program.ShimImage;
import io.windlass.shim.program.SyscallProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Starts programs from the one sealed image, and reads their reports. */
final class ShimSpawn implements AutoCloseable {
    private static final int REPORT_SIZE = 16;
    private static final int MOST_REPORTS = 8;
    private static final int EXECUTED = -1;
    private static final int PATIENCE_MILLIS = 500;
    private static final long MOMENT_NANOS = 200_000;
    private static final Duration MOST_TO_KEEP = Duration.ofSeconds(10);
    private static final List<String> ARGUMENTS = List.of(LeftShims.IMAGE);
    private static final int SEALS = 0xf; // SEAL, SHRINK, GROW, WRITE

    private final Fd image;
    private final Stat imageFile;
    private final Fd nothing;
    private final Runnable running;
    private final long mostToKeep;

    /**
     * What a program has started.
     *
     * @param pid the number of the new process; 0 if it has ended
     */
    record Started(PidFd program, int pid) {
        /** Takes the start back: ends the new process and then the program. Needs no descriptor, for they may have run out. */
        void destroy() throws IOException {
            end(program.pid(), pid);
            program.close();
        }
    }

    /** @param running called in each start once the command runs */
    ShimSpawn(Architecture architecture, Runnable running) throws IOException {
        this(architecture, running, MOST_TO_KEEP);
    }

    /** @param mostToKeep how long a program that has told of what it has started may take to keep it */
    ShimSpawn(Architecture architecture, Runnable running, Duration mostToKeep) throws IOException {
        this.running = running;
        this.mostToKeep = mostToKeep.toNanos();
        this.image = FileIo.memfdCreate(LeftShims.IMAGE);
        image.writeFully(ShimImage.elf(architecture));
        Fcntl.addSeals(image, SEALS);
        this.imageFile = Syscall.fstat(image);
        this.nothing = Syscall.openat(Fd.CWD, "/dev/null", Fcntl.O_RDWR, 0);
    }

    /** The host's null device, which takes the place of a stream until the program has put the container's there. */
    Fd nothing() {
        return nothing;
    }

    /**
     * Runs a program that keeps the pidfd of what it starts, until that has executed its command. Blocks for milliseconds.
     *
     * @param descriptors number in the program, and what it is there
     * @param childEnds closed once the program has them
     * @param held closed where the program fails, so that it can end
     * @throws LaunchException the step that failed; the program has ended then
     */
    Started start(SyscallProgram program, Map<Integer, Fd> descriptors, List<Fd> childEnds, List<Fd> held)
            throws IOException {
        return start(program, ExecLimit.NONE, descriptors, childEnds, held);
    }

    /**
     * The same for a command whose time is limited.
     *
     * @throws LateException if it was over before the command was executed: what there is of it has been killed, and ends once it can
     */
    Started start(SyscallProgram program, ExecLimit limit, Map<Integer, Fd> descriptors, List<Fd> childEnds, List<Fd> held)
            throws IOException {
        return start(new Program(program, ARGUMENTS, true, limit), descriptors, childEnds, held);
    }

    /**
     * The same for a program that keeps nothing of what it starts.
     *
     * @param arguments what the program shows of itself in /proc
     */
    Started startAnother(SyscallProgram program, List<String> arguments, Map<Integer, Fd> descriptors, List<Fd> childEnds, List<Fd> held)
            throws IOException {
        return start(new Program(program, arguments, false, ExecLimit.NONE), descriptors, childEnds, held);
    }

    /** @param keeps whether it comes to have the pidfd of what it starts at {@link ShimFd#KEEP_INIT} */
    private record Program(SyscallProgram calls, List<String> arguments, boolean keeps, ExecLimit limit) {}

    private Started start(Program program, Map<Integer, Fd> descriptors, List<Fd> childEnds, List<Fd> held) throws IOException {
        Numbers numbers = run(program, descriptors, childEnds, held);
        try {
            running.run();
            return new Started(PidFd.open(numbers.program), numbers.started);
        } catch (IOException | RuntimeException | Error e) {
            held.forEach(Fd::close);
            end(numbers.program, numbers.started);
            throw e;
        }
    }

    /** Two processes by their numbers: the program, which is our child, and what it has started. */
    private record Numbers(int program, int started) {}

    private Numbers run(Program program, Map<Integer, Fd> descriptors, List<Fd> childEnds, List<Fd> held) throws IOException {
        try (Fd code = FileIo.memfdCreate("program"); FileIo.Pipe report = FileIo.pipe2(0)) {
            Fcntl.setNonBlocking(report.read(), true); // others may read what was told to be there
            code.writeFully(program.calls.code());
            FileIo.lseek(code, 0);
            Spawn spawn = Spawn.of(image, program.arguments).setsid().fd(report.write(), ShimFd.REPORT).fd(code, ShimFd.PROGRAM);
            descriptors.forEach((number, fd) -> spawn.fd(fd, number));
            int pid;
            try {
                pid = spawn.start();
            } finally {
                childEnds.forEach(Fd::close);
            }
            report.write().close();
            try {
                return verified(program, new Numbers(pid, reported(program, pid, report.read())));
            } catch (LateException e) {
                held.forEach(Fd::close);
                abandon(pid, program.limit);
                throw e;
            } catch (IOException | RuntimeException | Error e) {
                held.forEach(Fd::close);
                end(pid, startedBy(program, pid, e));
                throw e;
            }
        }
    }

    /**
     * A new process among others may be traced by them until it has executed its command, and what it holds be theirs, the report too: whom they name
     * there, a daemon must not kill. What the program keeps is true, and there soon; only where that cannot be read, for want of a descriptor, the report
     * is believed. A program that keeps nothing is killed: what it has started is known to nobody but its cgroup.
     */
    private Numbers verified(Program program, Numbers told) throws IOException {
        long begin = System.nanoTime();
        while (program.keeps) {
            try {
                int kept = ProcFile.pidOf(told.program, ShimFd.KEEP_INIT);
                if (kept != 0 || ProcFile.hasEnded(told.program)) {
                    return new Numbers(told.program, Math.max(kept, 0));
                }
            } catch (IOException e) {
                return told;
            }
            if (System.nanoTime() - begin > mostToKeep) {
                Processes.kill(told.program, Processes.SIGKILL);
                throw new LaunchException("shim " + told.program + " keeps nothing of what it has started", 0, false);
            }
            LockSupport.parkNanos(MOMENT_NANOS);
        }
        return told;
    }

    /** Returns what a program that has failed for that reason keeps; 0 for nothing, and where that cannot be told. */
    private int startedBy(Program program, int process, Throwable why) {
        try {
            return verified(program, new Numbers(process, 0)).started;
        } catch (IOException | RuntimeException | Error e) {
            why.addSuppressed(e);
            return 0;
        }
    }

    /** Whoever has taken the report, which nobody can before the new process is there, may keep it open: then this tells that the command runs, or has. */
    private boolean hasExecuted(int program) {
        try {
            int kept = ProcFile.pidOf(program, ShimFd.KEEP_INIT);
            return kept < 0 || ProcFile.hasEnded(program) || kept > 0 && !isImage(kept);
        } catch (IOException e) {
            return false; // it has ended meanwhile, which the next look tells, or there is no descriptor to look by
        }
    }

    /** By the file itself: a command may have a name like ours. */
    private boolean isImage(int process) throws IOException {
        Stat file = Syscall.statx(Fd.CWD, "/proc/" + process + "/exe", 0);
        return file.inode() == imageFile.inode() && file.device() == imageFile.device();
    }

    /**
     * Sends a signal to what a program has started and keeps.
     *
     * @return false where that has ended
     */
    static boolean signal(PidFd program, int signal) throws IOException {
        try (PidFd kept = kept(program)) {
            return kept != null && kept.sendSignal(signal);
        }
    }

    /** Returns a copy of the pidfd of what a program has started and keeps; null where that has ended, and the program with it. */
    static @Nullable PidFd kept(PidFd program) throws IOException {
        try {
            return PidFd.adopt(program.getfd(ShimFd.KEEP_INIT), program.pid());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESRCH || e.errno() == Errno.EBADF) {
                return null;
            }
            throw e;
        }
    }

    /** The program is our child, so its number stays its own until we have reaped it; so does, but for a moment at its end, that of its own child. */
    private static void end(int program, int started) throws IOException {
        if (started > 0) {
            Processes.kill(started, Processes.SIGKILL);
        }
        Processes.kill(program, ShimProcess.RELEASE);
        Processes.waitExit(program);
    }

    /**
     * Takes a start back of which something may be frozen, and not end before it is thawed: only the program is waited for, which is not in
     * the command's cgroup. Its process group is killed first: nobody goes into the cgroup after that, and who has left the group is there.
     */
    private static void abandon(int program, ExecLimit limit) throws IOException {
        Processes.kill(-program, Processes.SIGKILL);
        try {
            limit.kill().run();
        } finally {
            Processes.waitExit(program);
        }
    }

    private int reported(Program program, int process, Fd report) throws IOException {
        byte[] buffer = new byte[REPORT_SIZE];
        int pid = 0;
        int read = 0;
        for (int reports = 0; reports < MOST_REPORTS && (read = read(report, buffer, process, program.limit)) == REPORT_SIZE; reports++) {
            ByteBuffer in = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
            if (in.getLong(0) != 0) {
                throw failure(program.calls, in.getLong(0), (int) -in.getLong(8));
            }
            pid = (int) in.getLong(8);
        }
        boolean started = pid > 0 || program.keeps && (read == EXECUTED || ProcFile.pidOf(process, ShimFd.KEEP_INIT) != 0);
        if (!started) {
            Processes.kill(process, Processes.SIGKILL);
            throw new LaunchException("shim " + process + " ended before its container was started", 0, false);
        }
        return Math.max(pid, 0);
    }

    /** Returns the bytes of a report, fewer where there is none any more, or EXECUTED: others may have the pipe, keep it open and read from it. */
    private int read(Fd report, byte[] buffer, int process, ExecLimit limit) throws IOException {
        while (true) {
            int left = limit.left();
            if (FileIo.poll(report, FileIo.POLLIN, left < 0 ? PATIENCE_MILLIS : Math.min(left, PATIENCE_MILLIS)) != 0) {
                try {
                    return report.read(buffer, REPORT_SIZE);
                } catch (ErrnoException e) {
                    if (e.errno() != Errno.EAGAIN) {
                        throw e;
                    }
                }
            }
            if (hasExecuted(process)) {
                return EXECUTED;
            }
            if (left == 0) {
                throw new LateException();
            }
        }
    }

    private static LaunchException failure(SyscallProgram program, long address, int errno) {
        int step = program.stepAt(address);
        if (step < 0) {
            return new LaunchException("shim cannot read its program", errno, false);
        }
        return new LaunchException(program.what(step), program.isRefusal(step) ? 0 : errno, program.isCommand(step));
    }

    @Override
    public void close() {
        image.close();
        nothing.close();
    }
}

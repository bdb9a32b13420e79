package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Memory;
import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.CgroupJoin;
import java.util.ArrayList;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/**
 * The shim proper: makes the new process, keeps its streams, waits for it and leaves the exit record. That of a container then waits for SIGURG, by which a
 * daemon says that it has the streams.
 *
 * <p>
 * The record has 32 bytes: magic, wait status, seconds and nanoseconds of the real-time clock. Nothing here can fail once the process is there.
 */
final class KeeperStage {
    static final Value SIGCHLD = new Value(17, "SIGCHLD");
    private static final Value CLOSE_ALL = Value.of(ShimFd.PROGRAM);
    private static final Value WNOHANG = new Value(1, "WNOHANG");
    private static final int SIGNAL_SET = 8;
    private static final int SIGURG = 23;

    private final ProgramBuilder p;
    private final boolean terminal;
    private final List<Result> surplus = new ArrayList<>();
    private boolean input;

    KeeperStage(ProgramBuilder program, boolean terminal) {
        this.p = program;
        this.terminal = terminal;
    }

    /** From now on nobody may look into this process, not even through /proc. */
    void hide() {
        p.call("prctl PR_SET_DUMPABLE", Sys.PRCTL, PR_SET_DUMPABLE, ZERO);
    }

    /**
     * Leaves the daemon's session keyring for a new one: it would go along over fork(2), execve(2) and setns(2), and whoever has it may
     * read and revoke the keys in it. As root of the host, before the clone: a key counts against its maker, and root may have the most,
     * see keyrings(7). A kernel without keys has none to share, and a filter that the daemon is under, as in a container of Docker's, refuses
     * the use of keys to the container, too: EPERM is no answer of the kernel's here. After any other error the container would share them, so
     * that fails the start. See session-keyring(7).
     */
    void leaveKeyring() {
        p.tolerate(ProgramBuilder.errors(ENOSYS, EPERM), "new session keyring", Sys.KEYCTL, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    }

    /** What ps(1) shows, at most 15 bytes: a program that is started by its descriptor would have the number of that. */
    void name(String name) {
        p.ignore("name", Sys.PRCTL, PR_SET_NAME, new Text(name));
    }

    /** The write end of standard input is kept until {@link ShimFd#END_INPUT} comes. */
    void keepInput() {
        input = true;
    }

    /**
     * Holds all signals back for the shim to take when it waits for them. Before the clone: the daemon may send its release as soon as the new
     * process has failed, and a signal that is not blocked and has no handler would be lost.
     */
    void blockSignals() {
        p.ignore("block signals", Sys.RT_SIGPROCMASK, ZERO, Structs.words("~[]", -1).address(), NULL, Value.of(SIGNAL_SET));
    }

    /** In the new process: undoes {@link #blockSignals}. */
    void unblockSignals() {
        p.call("unblock signals", Sys.RT_SIGPROCMASK, new Value(2, "SIG_SETMASK"), Structs.words("[]", 0).address(), NULL,
                Value.of(SIGNAL_SET));
    }

    /** Closes a descriptor in the shim once the process is there. */
    void surplus(Result descriptor) {
        surplus.add(descriptor);
    }

    /** In the new process: closes what is only its parent's. */
    void closeSurplus() {
        surplus.forEach(descriptor -> p.ignore("close", Sys.CLOSE, descriptor));
    }

    /**
     * A clone of a clone, for a process that needs the host's powers first and is born in namespaces that it can make only without them, or in which
     * nobody may see it as long as it has them: the helper goes on at the label, makes the process by CLONE_PARENT, puts its number into the report and
     * exits. It shares this memory for that, as with vfork(2), and this process sleeps so long.
     *
     * @param namespaces the helper's own new ones
     */
    Result cloneByHelper(Value namespaces, CgroupJoin cgroup, Label child, Room report) {
        Room helper = Room.zero("helper", 8);
        clone(CLONE_VM.or(CLONE_VFORK).or(namespaces), cgroup, child, helper.address());
        Label failed = p.label("failed");
        Label started = p.label("started");
        p.test(report.at(8), Long.MIN_VALUE, 0, failed); // a clone that failed leaves -errno there
        p.test(report.at(8), -1, 0, started);
        p.jump(failed);
        p.here(started);
        p.ignore("reap helper", Sys.WAIT4, helper.result(0), NULL, ZERO, NULL);
        Room pidfd = Room.zero("pidfd", 8);
        Label opened = p.label("opened");
        p.branchInto(pidfd.address(), -1, opened, "pidfd", Sys.PIDFD_OPEN, report.result(8), ZERO);
        p.here(opened);
        p.later(() -> {
            p.here(failed);
            p.ignore("exit", Sys.EXIT_GROUP, ZERO); // the helper has told why
        });
        return pidfd.result(0);
    }

    /** The helper's last call: the process goes on after it, in new namespaces. */
    static void cloneSibling(ProgramBuilder p, Value namespaces, Room report) {
        Value flags = CLONE_PARENT.or(namespaces);
        Room arguments = Room.of("{" + flags.shown() + "}", List.of(flags, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO));
        Label inside = p.label("inside");
        p.onZero(report.at(8), 0, inside, "clone", Sys.CLONE3, arguments.address(), Value.of(64));
        p.call("exit", Sys.EXIT_GROUP, ZERO);
        p.here(inside);
    }

    /** The same by clone(2), which filters look into. */
    static void cloneFiltered(ProgramBuilder p, Room report) {
        Label inside = p.label("inside");
        p.onZero(report.at(8), 0, inside, "clone", Sys.CLONE, CLONE_PARENT, NULL, NULL, NULL, NULL);
        p.call("exit", Sys.EXIT_GROUP, ZERO);
        p.here(inside);
    }

    /** The clone: goes on in the parent, and at the label in the child. */
    Result clone(Value namespaces, CgroupJoin cgroup, Label child, Room report) {
        return clone(namespaces, cgroup, child, report.at(8));
    }

    private Result clone(Value namespaces, CgroupJoin cgroup, Label child, Operand.Memory pid) {
        Room pidfd = Room.zero("pidfd", 8);
        Value flags = CLONE_PIDFD.or(namespaces);
        boolean into = cgroup.cloneInto() != null;
        if (into) {
            flags = flags.or(CLONE_INTO_CGROUP);
        }
        Room arguments = Room.of("{" + flags.shown() + "}",
                List.of(flags, pidfd.address(), ZERO, ZERO, SIGCHLD, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO));
        if (cgroup.cloneInto() != null) {
            String path = cgroup.cloneInto().toString();
            p.into(arguments.at(80), "open cgroup " + path, Sys.OPENAT, AT_FDCWD, new Text(path),
                    O_PATH.or(O_CLOEXEC).or(new Value(p.architecture().directory(), "O_DIRECTORY")));
            surplus(arguments.result(80));
        }
        p.onZero(pid, 0, child, "clone", Sys.CLONE3, arguments.address(), Value.of(88));
        return pidfd.result(0);
    }

    /**
     * The parent to its end.
     *
     * @param container whether it keeps what a container needs, with signals blocked, and not just waits for a command
     */
    void keep(Room report, Result pidfd, boolean container) {
        if (terminal) {
            receiveTerminal();
        }
        // the last of what a daemon looks for that finds this shim
        p.ignore("keep pidfd", Sys.DUP3, pidfd, fd(ShimFd.KEEP_INIT), O_CLOEXEC);
        p.ignore("report", Sys.WRITE, fd(ShimFd.REPORT), report.address(), Value.of(16));
        closeSurplus();
        p.ignore("close", Sys.CLOSE_RANGE, terminal ? fd(ShimFd.REPORT) : ZERO, terminal ? fd(ShimFd.TERMINAL_RECEIVER) : CLOSE_ALL, ZERO);
        if (container) {
            dropMemory();
        }
        Room exit = Room.of("record", List.of(new Value(ExitRecord.MAGIC, "magic"), ZERO, ZERO, ZERO));
        if (input) {
            waitWithInput(report.result(8), exit.at(8));
        } else {
            p.ignore("wait", Sys.WAIT4, report.result(8), exit.at(8), ZERO, NULL);
        }
        p.ignore("clock", Sys.CLOCK_GETTIME, new Value(0, "CLOCK_REALTIME"), exit.at(16));
        p.ignore("exit record", Sys.WRITE, fd(ShimFd.EXIT), exit.address(), Value.of(ExitRecord.SIZE));
        if (container) {
            awaitRelease();
        } else if (terminal) {
            p.ignore("wait until the terminal is taken", Sys.READ, fd(ShimFd.TERMINAL_TAKEN), exit.address(), Value.of(1));
        }
        p.ignore("exit", Sys.EXIT_GROUP, ZERO);
    }

    /** While the daemon is away, the last output of the container waits in the pipes, which live as long as this. */
    private void awaitRelease() {
        Label wait = p.label("unread");
        p.here(wait);
        p.branch(-1, wait, "wait for the daemon", Sys.RT_SIGTIMEDWAIT, Structs.words("[URG]", 1L << SIGURG - 1).address(), NULL, NULL,
                Value.of(SIGNAL_SET));
    }

    /** Waits for the process, which may also just stop, and for the word that its input has ended. Both signals are blocked already. */
    private void waitWithInput(Operand pid, Memory status) {
        Operand set = Structs.words("[USR1 CHLD]", 1L << ShimFd.END_INPUT - 1 | 1L << 17 - 1).address();
        Room signal = Room.zero("signal", 8);
        Label sleep = p.label("sleep");
        Label reap = p.label("reap");
        p.here(sleep);
        p.branchInto(signal.address(), -1, sleep, "wait for signals", Sys.RT_SIGTIMEDWAIT, set, NULL, NULL, Value.of(SIGNAL_SET));
        p.test(signal.address(), -1, ShimFd.END_INPUT, reap);
        p.ignore("end input", Sys.CLOSE, fd(ShimFd.KEEP_STDIN));
        p.jump(sleep);
        p.here(reap);
        p.onZero(Room.zero("reaped", 8).address(), 0, sleep, "wait", Sys.WAIT4, pid, status, WNOHANG, NULL);
    }

    /** The master arrives as the lowest free number, 0. If the child fails before it has sent it, the socket just ends. */
    private void receiveTerminal() {
        p.ignore("close", Sys.CLOSE_RANGE, ZERO, Value.of(2), ZERO);
        p.ignore("close", Sys.CLOSE, fd(ShimFd.TERMINAL_SENDER));
        Room message = TerminalStage.message(Structs.words("cmsg", 0, 0, 0));
        p.ignore("receive terminal", Sys.RECVMSG, fd(ShimFd.TERMINAL_RECEIVER), message.address(),
                new Value(0x40000000, "MSG_CMSG_CLOEXEC"));
    }

    /** What the shim still needs is in the first page; it has no use for a stack. */
    private void dropMemory() {
        long page = 64 * 1024; // the largest page size
        p.ignore("drop program", Sys.MUNMAP, hex(ProgramEncoder.BASE + page), hex(ProgramEncoder.SIZE - page));
        p.ignore("drop program", Sys.MUNMAP, hex(ProgramEncoder.BASE + 4096), hex(page - 4096));
        long end = ProgramEncoder.BASE + ProgramEncoder.SIZE;
        p.ignore("drop stack", Sys.MUNMAP, hex(end), hex(p.architecture().addressEnd() - end));
    }

    private static Value hex(long value) {
        return new Value(value, "0x" + Long.toHexString(value));
    }
}

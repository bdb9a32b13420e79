package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Value;

import static io.windlass.shim.program.Flags.*;

/** A process 1 that reaps its children and ends with SIGTERM. It sleeps in rt_sigtimedwait(2), so that no signal needs a handler. */
final class ReaperStage {
    private static final int SIGCHLD = 17;
    private static final int SIGTERM = 15;
    private static final long SIGNALS = 1L << SIGCHLD - 1 | 1L << SIGTERM - 1;
    private static final Value WNOHANG = new Value(1, "WNOHANG");
    private static final Value SET_SIZE = Value.of(8);

    private final ProgramBuilder p;

    ReaperStage(ProgramBuilder program) {
        this.p = program;
    }

    void emit() {
        Operand set = Structs.words("[CHLD TERM]", SIGNALS).address();
        Room signal = Room.zero("signal", 8);
        p.call("setsid", Sys.SETSID);
        p.call("block signals", Sys.RT_SIGPROCMASK, ZERO, set, NULL, SET_SIZE);
        p.call("close descriptors", Sys.CLOSE_RANGE, ZERO, new Value(0xffffffffL, "~0"), ZERO);
        Label sleep = p.label("sleep");
        Label reap = p.label("reap");
        Label ignored = p.label("interrupted");
        p.here(sleep);
        p.here(ignored);
        p.branchInto(signal.address(), -1, ignored, "wait for signals", Sys.RT_SIGTIMEDWAIT, set, NULL, NULL, SET_SIZE);
        p.test(signal.address(), -1, SIGTERM, reap);
        p.ignore("exit", Sys.EXIT_GROUP, ZERO);
        p.here(reap);
        p.onZero(Room.zero("reaped", 8).address(), -1, sleep, "reap", Sys.WAIT4, Value.of(-1), NULL, WNOHANG, NULL);
        p.jump(reap);
    }
}

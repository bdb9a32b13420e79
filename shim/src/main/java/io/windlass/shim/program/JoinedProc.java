package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.Capability;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/**
 * A procfs, mounted nowhere, of a PID namespace that this process has joined for its children only. Linux 6.17 takes the namespace as an option. Before, a
 * procfs shows the namespace of its maker, so that one has to be inside: for three system calls, with CAP_SYS_ADMIN only. See proc(5).
 */
final class JoinedProc {
    private static final String WHAT = "open procfs of the PID namespace";
    private static final Value CREATE = new Value(6, "FSCONFIG_CMD_CREATE");
    private static final Value CLOEXEC = new Value(1, "FSOPEN_CLOEXEC");

    private JoinedProc() {}

    /** @param pid the namespace's file */
    static Result open(ProgramBuilder p, Result pid, Value flags) {
        Room place = Room.zero("proc", 8);
        Label older = p.label("older");
        Label made = p.label("made");
        Result context = p.keep("fs", WHAT, Sys.FSOPEN, new Text("proc"), CLOEXEC);
        p.branch(ProgramBuilder.errors(EINVAL), older, WHAT, Sys.FSCONFIG, context, new Value(5, "FSCONFIG_SET_FD"), new Text("pidns"),
                NULL, pid);
        p.call(WHAT, Sys.FSCONFIG, context, CREATE, NULL, NULL, ZERO);
        p.into(place.address(), WHAT, Sys.FSMOUNT, context, CLOEXEC, flags);
        p.here(made);
        p.later(() -> {
            p.here(older);
            inside(p, place, flags);
            p.jump(made);
        });
        return place.result(0);
    }

    /** The maker has the same descriptors, and leaves the mount in the place of one of them; its memory is its own, for it can be written to. */
    private static void inside(ProgramBuilder p, Room place, Value flags) {
        p.into(place.address(), WHAT, Sys.FSOPEN, new Text("tmpfs"), CLOEXEC);
        Room maker = Room.zero("maker", 8);
        Room status = Room.zero("status", 8);
        Room arguments = Room.of("{" + CLONE_FILES.shown() + "}",
                List.of(CLONE_FILES, ZERO, ZERO, ZERO, KeeperStage.SIGCHLD, ZERO, ZERO, ZERO));
        Label inside = p.label("inside");
        Label failed = p.label("failed");
        p.onZero(maker.address(), 0, inside, WHAT, Sys.CLONE3, arguments.address(), Value.of(64));
        p.call(WHAT, Sys.WAIT4, maker.result(0), status.address(), ZERO, NULL);
        p.test(status.address(), -1, 0, failed);
        p.later(() -> {
            p.here(inside);
            IdentityStage.sets(p, WHAT, Capability.SYS_ADMIN.bit(), 0);
            Result context = p.keep("fs", WHAT, Sys.FSOPEN, new Text("proc"), CLOEXEC);
            p.call(WHAT, Sys.FSCONFIG, context, CREATE, NULL, NULL, ZERO);
            p.call(WHAT, Sys.DUP3, p.keep("mount", WHAT, Sys.FSMOUNT, context, CLOEXEC, flags), place.result(0), O_CLOEXEC);
            p.call("exit", Sys.EXIT_GROUP, ZERO);
            p.here(failed);
            p.call("exit", Sys.EXIT_GROUP, ZERO); // the maker has told why
        });
    }
}

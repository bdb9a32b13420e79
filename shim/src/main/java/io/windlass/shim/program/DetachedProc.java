package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Memory;
import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;

import static io.windlass.shim.program.Flags.*;

/** A procfs that is mounted nowhere, so that no mount and no link of a container can lead a write astray. */
final class DetachedProc {
    static final Value NOSUID_NODEV_NOEXEC = Value.of(0xe);

    private DetachedProc() {}

    /** Returns a descriptor of its root. */
    static Result open(ProgramBuilder p) {
        Result context = p.keep("fs", "open procfs", Sys.FSOPEN, new Text("proc"), new Value(1, "FSOPEN_CLOEXEC"));
        p.call("create procfs", Sys.FSCONFIG, context, new Value(6, "FSCONFIG_CMD_CREATE"), NULL, NULL, ZERO);
        return p.keep("proc", "open procfs", Sys.FSMOUNT, context, new Value(1, "FSMOUNT_CLOEXEC"), NOSUID_NODEV_NOEXEC);
    }

    /** How a file of it is opened to be written; its own links, such as thread-self, are the kernel's. */
    static Memory writing(Targets targets) {
        return targets.how(O_WRONLY.or(O_CLOEXEC), 0, RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS);
    }
}

package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.SecurityLabel;
import org.jspecify.annotations.Nullable;

import static io.windlass.shim.program.Flags.*;

/**
 * Asks the security module for a label from the next execve on, through a procfs of its own: a write to the container's /proc could be led
 * elsewhere. See proc_pid_attr(5).
 */
final class LabelStage {
    private static final long ABSENT = ProgramBuilder.errors(ENOENT);

    private LabelStage() {}

    static void write(ProgramBuilder p, Targets targets, @Nullable SecurityLabel label) {
        switch (label) {
            case null -> {
            }
            case SecurityLabel.AppArmorProfile(String name) -> appArmor(p, targets, name);
            case SecurityLabel.SeLinuxContext(String context) -> {
                Result file = p.keep("attr", "SELinux label " + context, Sys.OPENAT2, DetachedProc.open(p),
                        new Text("thread-self/attr/exec"),
                        DetachedProc.writing(targets), Value.of(24));
                write(p, "SELinux label " + context, file, context);
            }
        }
    }

    /** Kernels before 5.1 have one file for all modules. */
    private static void appArmor(ProgramBuilder p, Targets targets, String name) {
        String what = "AppArmor profile " + name;
        Result proc = DetachedProc.open(p);
        Room place = Room.zero("attr", 8);
        Label older = p.label("older");
        Label opened = p.label("opened");
        p.branchInto(place.address(), ABSENT, older, what, Sys.OPENAT2, proc, new Text("thread-self/attr/apparmor/exec"),
                DetachedProc.writing(targets), Value.of(24));
        p.here(opened);
        write(p, what, place.result(0), "exec " + name);
        p.later(() -> {
            p.here(older);
            p.into(place.address(), what, Sys.OPENAT2, proc, new Text("thread-self/attr/exec"), DetachedProc.writing(targets),
                    Value.of(24));
            p.jump(opened);
        });
    }

    private static void write(ProgramBuilder p, String what, Result file, String value) {
        p.call(what, Sys.WRITE, file, new Text(value), JoinStage.length(value));
    }
}

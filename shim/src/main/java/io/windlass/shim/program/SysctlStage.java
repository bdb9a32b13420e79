package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import java.util.Map;
import java.util.TreeMap;

import static io.windlass.shim.program.Flags.*;

/** Writes sysctls through a procfs that is mounted nowhere, so that no link and no mount can lead a write astray. */
final class SysctlStage {
    private static final long STRAIGHT = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;

    private SysctlStage() {}

    static void write(ProgramBuilder p, Targets targets, Map<String, String> sysctls) {
        if (sysctls.isEmpty()) {
            return;
        }
        Result context = p.keep("fs", "open procfs", Sys.FSOPEN, new Text("proc"), new Value(1, "FSOPEN_CLOEXEC"));
        p.call("create procfs", Sys.FSCONFIG, context, new Value(6, "FSCONFIG_CMD_CREATE"), NULL, NULL, ZERO);
        Result proc = p.keep("proc", "open procfs", Sys.FSMOUNT, context, new Value(1, "FSMOUNT_CLOEXEC"), Value.of(0xe));
        new TreeMap<>(sysctls).forEach((name, value) -> {
            String path = "sys/" + (name.indexOf('/') >= 0 ? name : name.replace('.', '/'));
            Result file = p.keep("fd:" + path, "sysctl " + name, Sys.OPENAT2, proc, new Text(path),
                    targets.how(O_WRONLY.or(O_CLOEXEC), 0, STRAIGHT), Value.of(24));
            p.call("sysctl " + name + "=" + value, Sys.WRITE, file, new Text(value), JoinStage.length(value));
        });
    }
}

package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

import static io.windlass.shim.program.Flags.*;

/** Writes sysctls through a procfs that is mounted nowhere, so that no link and no mount can lead a write astray. */
final class SysctlStage {
    private static final long STRAIGHT = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;

    private SysctlStage() {}

    /** @param pid the PID namespace of the container where this process is not in it; else null */
    static void write(ProgramBuilder p, Targets targets, Map<String, String> sysctls, @Nullable Result pid) {
        if (sysctls.isEmpty()) {
            return;
        }
        Result proc = pid == null ? DetachedProc.open(p) : JoinedProc.open(p, pid, DetachedProc.NOSUID_NODEV_NOEXEC);
        new TreeMap<>(sysctls).forEach((name, value) -> {
            String path = "sys/" + (name.indexOf('/') >= 0 ? name : name.replace('.', '/'));
            Result file = p.keep("fd:" + path, "sysctl " + name, Sys.OPENAT2, proc, new Text(path),
                    targets.how(O_WRONLY.or(O_CLOEXEC), 0, STRAIGHT), Value.of(24));
            p.call("sysctl " + name + "=" + value, Sys.WRITE, file, new Text(value), JoinStage.length(value));
        });
    }
}

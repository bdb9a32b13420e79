package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.NamespaceSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

import static io.windlass.shim.program.Flags.*;

/** The new process goes where it belongs while the host's files are still in sight: cgroups, OOM score, namespaces. */
final class JoinStage {
    private JoinStage() {}

    static void cgroups(ProgramBuilder p, CgroupJoin cgroup) {
        for (Path tasks : cgroup.tasks()) {
            write(p, "join cgroup " + tasks, tasks.toString(), "0");
        }
    }

    /** Lowering it may not be allowed: then it stays as it is. */
    static void oomScore(ProgramBuilder p, @Nullable Integer score) {
        if (score == null) {
            return;
        }
        String value = score.toString();
        Result file = p.keep("fd:oom_score_adj", "open oom_score_adj", Sys.OPENAT, AT_FDCWD, new Text("/proc/self/oom_score_adj"),
                O_WRONLY.or(O_CLOEXEC));
        p.tolerate(ProgramBuilder.errors(EACCES, EPERM), "set oom_score_adj " + value, Sys.WRITE, file, new Text(value), length(value));
        p.ignore("close", Sys.CLOSE, file);
    }

    /** Joins one namespace by its file. */
    static Result join(ProgramBuilder p, Path path, Value kind) {
        Result file = p.keep("fd:" + path, "open namespace " + path, Sys.OPENAT, AT_FDCWD, new Text(path.toString()),
                O_RDONLY.or(O_CLOEXEC));
        p.call("join namespace " + path, Sys.SETNS, file, kind);
        return file;
    }

    static void namespace(ProgramBuilder p, NamespaceSpec namespace, Value kind) {
        if (namespace instanceof NamespaceSpec.Join join) {
            p.ignore("close", Sys.CLOSE, join(p, join.path(), kind));
        }
    }

    /** Returns the flag for clone if the namespace is a new one, else 0. */
    static Value flag(NamespaceSpec namespace, Value kind) {
        return namespace instanceof NamespaceSpec.New ? kind : ZERO;
    }

    private static void write(ProgramBuilder p, String what, String path, String value) {
        Result file = p.keep("fd:" + path, what, Sys.OPENAT, AT_FDCWD, new Text(path), O_WRONLY.or(O_CLOEXEC));
        p.call(what, Sys.WRITE, file, new Text(value), length(value));
        p.ignore("close", Sys.CLOSE, file);
    }

    static Value length(String text) {
        return Value.of(text.getBytes(StandardCharsets.UTF_8).length);
    }
}

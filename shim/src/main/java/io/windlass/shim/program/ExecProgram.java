package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.ExecSpec;

import static io.windlass.shim.program.Flags.*;

/** A further process of a container from the first clone to its command. */
final class ExecProgram {
    private final ProgramBuilder p;
    private final ExecSpec spec;
    private final long capabilities;

    ExecProgram(ProgramBuilder program, ExecSpec spec, long capabilities) {
        this.p = program;
        this.spec = spec;
        this.capabilities = capabilities;
    }

    void emit(Room report, boolean stdin, boolean stdout, boolean stderr) {
        ExecStage exec = new ExecStage(p, spec.process());
        Targets targets = new Targets(p);
        join(targets, exec, stdin, stdout, stderr);
        if (spec.process().terminal()) {
            TerminalStage.open(p, targets);
        } else {
            streams(targets, stdin, stdout, stderr);
        }
        exec.workingDirectory(targets, false);
        exec.chownStreams(stdin, stdout, stderr);
        new BirthStage(p, spec.process(), capabilities, exec, targets).emit(report);
    }

    /** Done by a helper, whom nobody in the container's PID namespace can see. */
    private void join(Targets targets, ExecStage exec, boolean stdin, boolean stdout, boolean stderr) {
        JoinStage.cgroups(p, spec.cgroup());
        JoinStage.oomScore(p, spec.process().oomScoreAdj());
        LabelStage.write(p, targets, spec.process().label());
        Value kinds = CLONE_NEWNS.or(CLONE_NEWPID).or(CLONE_NEWNET).or(CLONE_NEWIPC).or(CLONE_NEWUTS).or(CLONE_NEWCGROUP);
        if (spec.user() == null) {
            p.call("join the container's namespaces", Sys.SETNS, fd(ShimFd.INIT), kinds);
        } else {
            exec.chownPipes(spec.user(), stdin, stdout, stderr);
            p.call("join the container's namespaces", Sys.SETNS, fd(ShimFd.INIT), CLONE_NEWUSER.or(kinds));
            UserStage.becomeRoot(p);
        }
    }

    private void streams(Targets targets, boolean... wanted) {
        if (wanted[0] && wanted[1] && wanted[2]) {
            return;
        }
        Result device = targets.openNull();
        for (int stream = 0; stream <= 2; stream++) {
            if (!wanted[stream]) {
                p.call("/dev/null as stream " + stream, Sys.DUP3, device, fd(stream), ZERO);
            }
        }
    }
}

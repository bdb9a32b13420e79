package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.NamespaceSpec;

import static io.windlass.shim.program.Flags.*;

/** The container's init from the clone to its command. */
final class ContainerProgram {
    private final ProgramBuilder p;
    private final ContainerSpec spec;
    private final boolean stdin;
    private final long capabilities;

    ContainerProgram(ProgramBuilder program, ContainerSpec spec, boolean stdin, long capabilities) {
        this.p = program;
        this.spec = spec;
        this.stdin = stdin;
        this.capabilities = capabilities;
    }

    void emit() {
        LinuxSpec linux = spec.linux();
        JoinStage.cgroups(p, linux.cgroup());
        JoinStage.oomScore(p, spec.process().oomScoreAdj());
        JoinStage.namespace(p, linux.namespaces().net(), CLONE_NEWNET);
        JoinStage.namespace(p, linux.namespaces().ipc(), CLONE_NEWIPC);
        JoinStage.namespace(p, linux.namespaces().uts(), CLONE_NEWUTS);
        if (linux.namespaces().cgroup() instanceof NamespaceSpec.New) {
            p.call("unshare cgroup namespace", Sys.UNSHARE, CLONE_NEWCGROUP);
        }
        if (!spec.hostname().isEmpty()) {
            p.call("set hostname " + spec.hostname(), Sys.SETHOSTNAME, new Text(spec.hostname()), JoinStage.length(spec.hostname()));
        }
        p.call("umask", Sys.UMASK, ZERO);
        Targets targets = new Targets(p);
        SourceStage sources = new SourceStage(p);
        spec.mounts().forEach(sources::open);
        RootStage.isolate(p);
        spec.mounts().forEach(mount -> sources.openImage(targets, mount));
        RootStage.enter(p, spec.root());
        MountStage mounts = new MountStage(p, targets, sources);
        mounts.prepare(spec.mounts());
        SysctlStage.write(p, targets, linux.sysctl());
        spec.mounts().forEach(mount -> mounts.mount(mount, linux.devices()));
        HideStage.mask(p, targets, linux.maskedPaths());
        HideStage.readonly(p, targets, linux.readonlyPaths());
        finish(targets);
    }

    private void finish(Targets targets) {
        ExecStage exec = new ExecStage(p, spec.process());
        if (spec.process().terminal()) {
            Result side = TerminalStage.open(p, targets);
            if (ProgramCompiler.hasDev(spec)) {
                TerminalStage.console(p, side);
            }
        } else if (!stdin) {
            exec.nullInput(targets);
        }
        exec.workingDirectory(targets, true);
        RootStage.readonly(p, spec.root());
        exec.chownStreams(stdin, true, true);
        exec.session();
        IdentityStage identity = new IdentityStage(p, spec.process(), capabilities);
        identity.emit();
        exec.closeOthers();
        identity.finish();
        exec.command();
    }
}

package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.Capabilities;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.UserSpec;
import java.util.List;

import static io.windlass.shim.program.Flags.*;

/** Turns specifications into programs of system calls. Pure: it looks at nothing but its arguments. */
public final class ProgramCompiler {
    private static final String SHIM = "windlass-shim";
    private static final int INIT_OOM_SCORE_ADJ = -998; // a pod's containers go before it
    private static final ProcessSpec NOBODY = new ProcessSpec(List.of("init"), List.of(), "/", UserSpec.ROOT, Capabilities.NONE, List.of(),
            true, null,
            false, null, null);

    private final Architecture architecture;
    private final long capabilities;

    /**
     * @param capabilities the mask of what the daemon has: more cannot be given to a container
     */
    public ProgramCompiler(Architecture architecture, long capabilities) {
        this.architecture = architecture;
        this.capabilities = capabilities;
    }

    /**
     * A container with its shim. Where others are in its PID namespace already, it is made outside and born there as the last thing, see {@link BirthStage}.
     *
     * @param stdin whether descriptor 0 is a pipe that the container reads; else it gets its own /dev/null
     * @param bindDevices whether devices are bound from the host, where nodes may not be made; in a user namespace they always are
     */
    public SyscallProgram container(ContainerSpec spec, boolean stdin, boolean bindDevices) {
        ProgramBuilder p = new ProgramBuilder(architecture);
        boolean terminal = spec.process().terminal();
        Namespaces namespaces = spec.linux().namespaces();
        KeeperStage keeper = new KeeperStage(p, terminal);
        keeper.hide();
        keeper.leaveKeyring();
        keeper.name(SHIM);
        if (stdin && !terminal) {
            keeper.keepInput();
        }
        keeper.blockSignals();
        Label child = p.label("child");
        Room report = Structs.words("report", 0, 0);
        Result pidfd;
        if (namespaces.pid() instanceof NamespaceSpec.Join) {
            Value flags = namespaces.user() == null ? ContainerProgram.newNamespaces(namespaces) : CLONE_NEWNS;
            pidfd = keeper.cloneByHelper(flags, spec.linux().cgroup(), child, report);
        } else if (namespaces.user() == null) {
            pidfd = keeper.clone(ContainerProgram.newNamespaces(namespaces), spec.linux().cgroup(), child, report);
        } else if (namespaces.pid() instanceof NamespaceSpec.New) {
            pidfd = keeper.cloneByHelper(CLONE_NEWNS, spec.linux().cgroup(), child, report);
        } else {
            pidfd = keeper.clone(CLONE_NEWNS, spec.linux().cgroup(), child, report);
        }
        keeper.keep(report, pidfd, true);
        p.here(child);
        keeper.unblockSignals();
        if (namespaces.pid() instanceof NamespaceSpec.Join) {
            keeper.closeSurplus();
        }
        new ContainerProgram(p, spec, stdin, capabilities, bindDevices).emit(report);
        return p.build();
    }

    /**
     * A command in a container, with a parent that waits for it. The parent stays outside, and what enters is seen inside when it has nothing of the
     * host any more, see {@link BirthStage}.
     *
     * @param stdin whether descriptors 0, 1, 2 are pipes; else they get the container's /dev/null
     */
    public SyscallProgram exec(ExecSpec spec, boolean stdin, boolean stdout, boolean stderr) {
        ProgramBuilder p = new ProgramBuilder(architecture);
        KeeperStage keeper = new KeeperStage(p, spec.process().terminal());
        keeper.hide();
        keeper.leaveKeyring();
        keeper.name(SHIM);
        Label child = p.label("child");
        Room report = Structs.words("report", 0, 0);
        Result pidfd = keeper.cloneByHelper(ZERO, spec.cgroup(), child, report);
        keeper.keep(report, pidfd, false);
        p.here(child);
        new ExecProgram(p, spec, capabilities).emit(report, stdin, stdout, stderr);
        return p.build();
    }

    /** A process that waits in new namespaces, the user namespace among them, until descriptor 0 ends. */
    public SyscallProgram holder(NamespaceSpec net, NamespaceSpec ipc, NamespaceSpec uts) {
        ProgramBuilder p = new ProgramBuilder(architecture);
        new KeeperStage(p, false).hide();
        Value flags = CLONE_NEWUSER.or(JoinStage.flag(net, CLONE_NEWNET)).or(JoinStage.flag(ipc, CLONE_NEWIPC))
                .or(JoinStage.flag(uts, CLONE_NEWUTS));
        p.call("new user namespace", Sys.UNSHARE, flags);
        Room report = Structs.words("report", 0, 0);
        p.into(report.at(8), "own number", Sys.GETPID);
        p.ignore("report", Sys.WRITE, fd(ShimFd.REPORT), report.address(), Value.of(16));
        p.ignore("close", Sys.CLOSE_RANGE, Value.of(1), new Value(0xffffffffL, "~0"), ZERO);
        p.ignore("wait", Sys.READ, ZERO, report.address(), Value.of(1));
        p.ignore("exit", Sys.EXIT_GROUP, ZERO);
        return p.build();
    }

    /**
     * Process 1 of a new PID namespace, which reaps. It joins the given namespaces; its parent only reports it. The pod's containers may trace it: it has nothing
     * of the host, and no capability.
     */
    public SyscallProgram podInit(Namespaces pod, CgroupJoin cgroup) {
        ProgramBuilder p = new ProgramBuilder(architecture);
        KeeperStage keeper = new KeeperStage(p, false);
        keeper.hide();
        keeper.leaveKeyring();
        keeper.name("windlass-init");
        JoinStage.oomScore(p, INIT_OOM_SCORE_ADJ);
        JoinStage.namespace(p, pod.net(), CLONE_NEWNET);
        JoinStage.namespace(p, pod.ipc(), CLONE_NEWIPC);
        JoinStage.namespace(p, pod.uts(), CLONE_NEWUTS);
        if (pod.user() != null) {
            JoinStage.join(p, pod.user().path(), CLONE_NEWUSER);
        }
        Label child = p.label("child");
        Room report = Structs.words("report", 0, 0);
        keeper.clone(CLONE_NEWPID.or(CLONE_NEWNS), cgroup, child, report);
        p.ignore("report", Sys.WRITE, fd(ShimFd.REPORT), report.address(), Value.of(16));
        p.ignore("exit", Sys.EXIT_GROUP, ZERO);
        p.here(child);
        JoinStage.cgroups(p, cgroup);
        if (pod.user() != null) {
            UserStage.becomeRoot(p);
        }
        p.call("unshare cgroup namespace", Sys.UNSHARE, CLONE_NEWCGROUP);
        RootStage.leave(p);
        new IdentityStage(p, NOBODY, capabilities).emit();
        new ReaperStage(p).emit();
        return p.build();
    }

    static boolean hasDev(ContainerSpec spec) {
        return spec.mounts().stream().anyMatch(MountSpec.Dev.class::isInstance);
    }
}

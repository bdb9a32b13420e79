package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Result;
import io.windlass.shim.program.Operand.Text;
import io.windlass.shim.program.Operand.Value;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.UserNamespace;
import org.jspecify.annotations.Nullable;

import static io.windlass.shim.program.Flags.*;

/** The container's init from the clone to its command. */
final class ContainerProgram {
    private final ProgramBuilder p;
    private final ContainerSpec spec;
    private final boolean stdin;
    private final long capabilities;
    private final boolean bindDevices;

    ContainerProgram(ProgramBuilder program, ContainerSpec spec, boolean stdin, long capabilities, boolean bindDevices) {
        this.p = program;
        this.spec = spec;
        this.stdin = stdin;
        this.capabilities = capabilities;
        this.bindDevices = bindDevices;
    }

    /** @param report gets the pid of a process that is cloned once more, see {@link KeeperStage#cloneByHelper} */
    void emit(Room report) {
        LinuxSpec linux = spec.linux();
        JoinStage.cgroups(p, linux.cgroup());
        JoinStage.oomScore(p, spec.process().oomScoreAdj());
        Targets targets = new Targets(p);
        Result pid = null;
        if (linux.namespaces().pid() instanceof NamespaceSpec.Join join) {
            LabelStage.write(p, targets, spec.process().label()); // through a procfs of the namespace it is in
            pid = JoinStage.join(p, join.path(), CLONE_NEWPID);
        }
        JoinStage.namespace(p, linux.namespaces().net(), CLONE_NEWNET);
        JoinStage.namespace(p, linux.namespaces().ipc(), CLONE_NEWIPC);
        JoinStage.namespace(p, linux.namespaces().uts(), CLONE_NEWUTS);
        p.call("umask", Sys.UMASK, ZERO);
        UserNamespace owner = linux.namespaces().user();
        UserStage user = owner == null ? null : new UserStage(p, owner);
        SourceStage sources = new SourceStage(p, user);
        spec.mounts().forEach(sources::open);
        if ((user != null || bindDevices) && ProgramCompiler.hasDev(spec)) {
            DevStage.open(sources, linux.devices());
        }
        RootStage.isolate(p);
        if (user != null) {
            RootStage.map(p, spec.root(), user);
        }
        spec.mounts().forEach(mount -> sources.openImage(targets, mount));
        if (owner == null || user == null) {
            ownNamespaces();
            RootStage.enter(p, spec.root());
            if (pid != null) {
                for (MountSpec mount : spec.mounts()) {
                    sources.makeProc(mount, pid);
                }
            }
            SysctlStage.write(p, targets, linux.sysctl(), pid);
        } else {
            enter(targets, sources, user, owner, pid, report);
        }
        MountStage mounts = new MountStage(p, targets, sources);
        mounts.prepare(spec.mountsInRoot());
        spec.mounts().forEach(mount -> mounts.mount(mount, linux.devices()));
        HideStage.mask(p, targets, linux.maskedPaths());
        HideStage.readonly(p, targets, linux.readonlyPaths());
        finish(targets, report);
    }

    /** The last that the host's powers are used for, then the user namespace, in which all the rest is made. */
    private void enter(Targets targets, SourceStage sources, UserStage user, UserNamespace owner, @Nullable Result pid, Room report) {
        Result root = RootStage.detached(p, spec.root(), user);
        new ExecStage(p, spec.process()).chownPipes(owner, stdin, true, true);
        user.enter();
        Value flags = newNamespaces(spec.linux().namespaces());
        if (spec.linux().namespaces().pid() instanceof NamespaceSpec.New) {
            KeeperStage.cloneSibling(p, flags, report);
        } else {
            p.call("unshare namespaces", Sys.UNSHARE, flags);
        }
        ownNamespaces();
        spec.mounts().forEach(mount -> sources.make(mount, pid));
        SysctlStage.write(p, targets, spec.linux().sysctl(), pid);
        RootStage.enter(p, root);
    }

    private void ownNamespaces() {
        if (spec.linux().namespaces().cgroup() instanceof NamespaceSpec.New) {
            p.call("unshare cgroup namespace", Sys.UNSHARE, CLONE_NEWCGROUP);
        }
        if (!spec.hostname().isEmpty()) {
            p.call("set hostname " + spec.hostname(), Sys.SETHOSTNAME, new Text(spec.hostname()), JoinStage.length(spec.hostname()));
        }
    }

    /** The flags of clone(2) for the namespaces that are a container's own from its birth. */
    static Value newNamespaces(Namespaces namespaces) {
        return CLONE_NEWNS.or(JoinStage.flag(namespaces.pid(), CLONE_NEWPID)).or(JoinStage.flag(namespaces.net(), CLONE_NEWNET))
                .or(JoinStage.flag(namespaces.ipc(), CLONE_NEWIPC)).or(JoinStage.flag(namespaces.uts(), CLONE_NEWUTS));
    }

    private void finish(Targets targets, Room report) {
        ExecStage exec = new ExecStage(p, spec.process());
        if (spec.process().terminal()) {
            Result side = TerminalStage.open(p, targets);
            if (ProgramCompiler.hasDev(spec)) {
                TerminalStage.console(p, side);
            }
        } else if (!stdin) {
            p.call("/dev/null as standard input", Sys.DUP3, targets.openNull(), ZERO, ZERO);
        }
        exec.workingDirectory(targets, true);
        RootStage.readonly(p, spec.root());
        exec.chownStreams(stdin, true, true);
        decide();
        if (spec.linux().namespaces().pid() instanceof NamespaceSpec.Join) {
            new BirthStage(p, spec.process(), capabilities, exec, targets).emit(report);
            return;
        }
        exec.session();
        LabelStage.write(p, targets, spec.process().label());
        IdentityStage identity = new IdentityStage(p, spec.process(), capabilities);
        identity.emit();
        exec.usersDirectory(targets);
        exec.closeOthers();
        identity.finish();
        exec.command();
    }

    /** The command will run, unless this start has been called off, see {@link ExitRecord}. Before the limits, among which may be one for files. */
    private void decide() {
        Room first = Room.zero("first", ExitRecord.WORD);
        Value length = Value.of(ExitRecord.WORD);
        p.call("note the start", Sys.WRITE, fd(ShimFd.EXIT), Structs.words("started", ExitRecord.STARTED).address(), length);
        p.call("read what was noted first", Sys.PREAD64, fd(ShimFd.EXIT), first.address(), length, length);
        Label calledOff = p.label("called-off");
        p.test(first.address(), -1, ExitRecord.STARTED, calledOff);
        p.later(() -> {
            p.here(calledOff);
            p.refuse("the start was called off");
        });
    }
}

package io.windlass.shim.program;

import io.windlass.shim.spec.ProcessSpec;

/**
 * The last of a process outside a PID namespace, and the first and last of the one it makes inside, where others are that may trace it: with
 * CAP_SYS_PTRACE they have whatever it has, see ptrace(2). So all is done before: root, directory, descriptors, identity and capabilities are the container's.
 *
 * <p>
 * Left to do inside: a session, the filter unless it can be loaded before, and the command.
 */
final class BirthStage {
    private final ProgramBuilder p;
    private final ProcessSpec process;
    private final ExecStage exec;
    private final IdentityStage identity;
    private final Targets targets;

    /** @param exec has entered the working directory, unless that was forbidden */
    BirthStage(ProgramBuilder program, ProcessSpec process, long capabilities, ExecStage exec, Targets targets) {
        this.p = program;
        this.process = process;
        this.exec = exec;
        this.targets = targets;
        this.identity = new IdentityStage(program, process, capabilities);
    }

    /** @param report gets the number of the process, see {@link KeeperStage#cloneByHelper} */
    void emit(Room report) {
        identity.emit();
        exec.usersDirectory(targets);
        exec.closeOthersNow();
        if (process.noNewPrivileges()) {
            KeeperStage.cloneSibling(p, Flags.ZERO, report);
            exec.session();
            identity.finish();
        } else if (identity.filterLetsBeBorn()) {
            identity.finish();
            KeeperStage.cloneFiltered(p, report);
            exec.session();
        } else {
            identity.keepForFilter(); // a filter that lets nothing be born takes CAP_SYS_ADMIN inside
            KeeperStage.cloneSibling(p, Flags.ZERO, report);
            exec.session();
            identity.finish();
        }
        exec.command();
    }
}

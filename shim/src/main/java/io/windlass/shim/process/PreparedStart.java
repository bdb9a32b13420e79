package io.windlass.shim.process;

import io.windlass.shim.program.SyscallProgram;
import io.windlass.shim.spec.ContainerSpec;

/** A container's program, made ahead of its start by {@link Launcher#prepare}: some 100 KiB, and nothing outside of memory. */
public final class PreparedStart {
    private final ContainerSpec spec;
    private final boolean stdin;
    private final boolean bindDevices;
    private final SyscallProgram program;

    PreparedStart(ContainerSpec spec, boolean stdin, boolean bindDevices, SyscallProgram program) {
        this.spec = spec;
        this.stdin = stdin;
        this.bindDevices = bindDevices;
        this.program = program;
    }

    /** Returns what it was made of. */
    public ContainerSpec spec() {
        return spec;
    }

    boolean stdin() {
        return stdin;
    }

    boolean bindDevices() {
        return bindDevices;
    }

    SyscallProgram program() {
        return program;
    }
}

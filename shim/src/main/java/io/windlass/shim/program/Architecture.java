package io.windlass.shim.program;

import io.windlass.shim.spec.Seccomp.Abi;

/** What differs between the machines the shim runs on: the ELF machine number, the interpreter and a few flags. */
public enum Architecture {
    X86_64(62, "x86_64", Abi.X86_64, 0200000, 0400000, 0x7ffffffff000L), AARCH64(183, "aarch64", Abi.AARCH64, 040000, 0100000, 1L << 48);

    private final int machine;
    private final String label;
    private final Abi abi;
    private final int directory;
    private final int noFollow;
    private final long addressEnd;

    Architecture(int machine, String label, Abi abi, int directory, int noFollow, long addressEnd) {
        this.machine = machine;
        this.label = label;
        this.abi = abi;
        this.directory = directory;
        this.noFollow = noFollow;
        this.addressEnd = addressEnd;
    }

    /** Returns the machine that this JVM runs on; {@link UnsupportedOperationException} for others than these. */
    public static Architecture current() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            case String other -> throw new UnsupportedOperationException("no shim for the architecture " + other);
        };
    }

    /** Returns EM_* of elf(5). */
    int machine() {
        return machine;
    }

    /** Returns the name as in uname -m. */
    public String label() {
        return label;
    }

    /** Returns how programs of this machine call the kernel. */
    Abi abi() {
        return abi;
    }

    /** Returns O_DIRECTORY, which is not the same everywhere. */
    int directory() {
        return directory;
    }

    /** Returns O_NOFOLLOW, which is not the same everywhere. */
    int noFollow() {
        return noFollow;
    }

    /** Returns the end of a process's address space. */
    long addressEnd() {
        return addressEnd;
    }
}

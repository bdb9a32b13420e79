package io.windlass.shim.spec;

import java.util.Arrays;

/** A seccomp filter compiled to classic BPF: an array of {@code struct sock_filter}, 8 bytes each. See seccomp(2). */
public final class SeccompFilter {
    private static final int INSTRUCTION_BYTES = 8;
    private static final int MAX_INSTRUCTIONS = 4096;

    private final byte[] program;
    private final int flags;

    /** A filter without flags. */
    public SeccompFilter(byte[] program) {
        this(program, 0);
    }

    /**
     * @param flags SECCOMP_FILTER_FLAG_* bits
     * @throws IllegalArgumentException if the length is no multiple of 8, or more than 4096 instructions (BPF_MAXINSNS)
     */
    public SeccompFilter(byte[] program, int flags) {
        if (program.length == 0 || program.length % INSTRUCTION_BYTES != 0) {
            throw new IllegalArgumentException("seccomp filter of " + program.length + " bytes is not made of instructions of 8 bytes");
        }
        if (program.length / INSTRUCTION_BYTES > MAX_INSTRUCTIONS) {
            throw new IllegalArgumentException("seccomp filter has " + program.length / INSTRUCTION_BYTES
                    + " instructions, more than the 4096 that the kernel takes: use fewer rules with arguments");
        }
        this.program = program.clone();
        this.flags = flags;
    }

    public byte[] program() {
        return program.clone();
    }

    public int flags() {
        return flags;
    }

    /** Returns the number of BPF instructions. */
    public int length() {
        return program.length / INSTRUCTION_BYTES;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SeccompFilter filter && flags == filter.flags && Arrays.equals(program, filter.program);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(program);
    }

    @Override
    public String toString() {
        return "seccomp filter of " + length() + " instructions";
    }
}

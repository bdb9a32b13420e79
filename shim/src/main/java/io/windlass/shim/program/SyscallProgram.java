package io.windlass.shim.program;

import java.util.ArrayList;
import java.util.List;

/**
 * A compiled program of system calls.
 *
 * <p>
 * {@link #listing()} shows it like strace; {@link #code()} is what the interpreter reads; {@link #what} says which step a report means.
 */
public final class SyscallProgram {
    private final List<Instruction> instructions;
    private final List<Instruction> steps;
    private final byte[] code;

    /** @throws IllegalArgumentException for a program that is longer than the interpreter takes */
    SyscallProgram(List<Instruction> instructions, Architecture architecture) {
        this.instructions = List.copyOf(instructions);
        List<Instruction> taking = new ArrayList<>(instructions.size());
        for (Instruction instruction : instructions) {
            if (!(instruction instanceof Instruction.Here)) {
                taking.add(instruction);
            }
        }
        this.steps = taking;
        this.code = new ProgramEncoder(architecture, this).encode();
    }

    List<Instruction> instructions() {
        return instructions;
    }

    /** Returns the number of steps. */
    public int length() {
        return steps.size();
    }

    /** Returns the program as the interpreter of its machine reads it; not to be changed. */
    public byte[] code() {
        return code;
    }

    /** Returns the step whose op is at an address as the interpreter reports it; -1 if none is. */
    public int stepAt(long address) {
        return ProgramEncoder.stepAt(this, address);
    }

    /** Returns what a step does, for people, for example {@code "mount /data"}. */
    public String what(int step) {
        return switch (steps.get(step)) {
            case Instruction.Call call -> call.what();
            case Instruction.Refuse refuse -> refuse.reason();
            case Instruction.Test test -> "test " + test.address().shown();
            case Instruction.Jump jump -> "jump " + jump.target().name();
            case Instruction.Here here -> here.label().name();
        };
    }

    /** Tells whether a step fails on purpose, so that its errno means nothing. */
    public boolean isRefusal(int step) {
        return steps.get(step) instanceof Instruction.Refuse;
    }

    /** Tells whether a step executes the container's command. */
    public boolean isCommand(int step) {
        return steps.get(step) instanceof Instruction.Call call && call.sys() == Sys.EXECVE;
    }

    /** Returns all steps, one a line, with labels and error policies. */
    public String listing() {
        return Listing.of(instructions);
    }
}

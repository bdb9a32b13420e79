package io.windlass.shim.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of a program. */
sealed interface Instruction {
    /**
     * A system call.
     *
     * @param what what it does, for people: {@code "mount /data"}
     * @param tolerated bit n: errno n (modulo 64) goes to the target and is no failure
     * @param target where tolerated errors go, and a result of 0 if {@code onZero}; null goes on with the next instruction
     * @param result where the result is put; null drops it
     */
    record Call(String what, Sys sys, List<Operand> arguments, long tolerated, @Nullable Label target, boolean onZero,
            Operand.@Nullable Memory result) implements Instruction {}

    /** Goes on if the eight bytes at an address, masked, have a value; else jumps. */
    record Test(Operand.Memory address, long mask, long value, Label otherwise) implements Instruction {}

    /** Jumps. */
    record Jump(Label target) implements Instruction {}

    /** Ends the program with a reason of its own. */
    record Refuse(String reason) implements Instruction {}

    /** Marks the place of a label; takes no room. */
    record Here(Label label) implements Instruction {}
}

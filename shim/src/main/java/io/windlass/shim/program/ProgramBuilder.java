package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Memory;
import io.windlass.shim.program.Operand.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Puts a program together, step by step.
 *
 * <p>
 * What is seldom needed goes out of line: {@link #later} keeps the straight way straight.
 */
final class ProgramBuilder {
    private static final int EAGAIN = 11;
    private static final long AGAIN = errors(EAGAIN);

    private final Architecture architecture;
    private final List<Instruction> instructions = new ArrayList<>(256);
    private final Deque<Runnable> later = new ArrayDeque<>();
    private int labels;

    ProgramBuilder(Architecture architecture) {
        this.architecture = architecture;
    }

    Architecture architecture() {
        return architecture;
    }

    Label label(String name) {
        return new Label(name + "." + ++labels);
    }

    void here(Label label) {
        instructions.add(new Instruction.Here(label));
    }

    void jump(Label target) {
        instructions.add(new Instruction.Jump(target));
    }

    void refuse(String reason) {
        instructions.add(new Instruction.Refuse(reason));
    }

    /** Goes on if masked memory has a value, else to {@code otherwise}. */
    void test(Memory address, long mask, long value, Label otherwise) {
        instructions.add(new Instruction.Test(address, mask, value, otherwise));
    }

    /** A call that must succeed. */
    void call(String what, Sys sys, Operand... arguments) {
        instructions.add(new Instruction.Call(what, sys, List.of(arguments), 0, null, false, null));
    }

    /** A call that must succeed and whose result is kept. */
    Result keep(String name, String what, Sys sys, Operand... arguments) {
        Room place = Room.zero(name, 8);
        into(place.address(), what, sys, arguments);
        return new Result(place.address());
    }

    /** A call that must succeed and whose result is put at a place. */
    void into(Memory place, String what, Sys sys, Operand... arguments) {
        instructions.add(new Instruction.Call(what, sys, List.of(arguments), 0, null, false, place));
    }

    /** A call whose errors do not matter. */
    void ignore(String what, Sys sys, Operand... arguments) {
        instructions.add(new Instruction.Call(what, sys, List.of(arguments), -1, null, false, null));
    }

    /** A call after which the program goes on even with some errors. */
    void tolerate(long errors, String what, Sys sys, Operand... arguments) {
        instructions.add(new Instruction.Call(what, sys, List.of(arguments), errors, null, false, null));
    }

    /** A call that goes to a label with some errors. */
    void branch(long errors, Label target, String what, Sys sys, Operand... arguments) {
        instructions.add(new Instruction.Call(what, sys, List.of(arguments), errors, target, false, null));
    }

    /** A call whose result is kept at a place, and which goes to a label with some errors. */
    void branchInto(Memory place, long errors, Label target, String what, Sys sys, Operand... arguments) {
        instructions.add(new Instruction.Call(what, sys, List.of(arguments), errors, target, false, place));
    }

    /**
     * openat2(2) of a path that stays in a root, again where anything on the machine was mounted or renamed meanwhile: a ".." on the way, in a link
     * perhaps, says EAGAIN then.
     */
    void open(Memory place, String what, Operand... arguments) {
        Label again = label("again");
        here(again);
        branchInto(place, AGAIN, again, what, Sys.OPENAT2, arguments);
    }

    /** As {@link #open}; goes to a label with some errors. */
    void openOr(Memory place, long errors, Label target, String what, Operand... arguments) {
        Label again = label("again");
        Label failed = label("failed");
        here(again);
        branchInto(place, errors | AGAIN, failed, what, Sys.OPENAT2, arguments);
        later(() -> {
            here(failed);
            test(place, -1, -EAGAIN, target);
            jump(again);
        });
    }

    /** A call that goes to a label with a result of 0 or with some errors, and whose result is kept. */
    void onZero(Memory place, long errors, Label target, String what, Sys sys, Operand... arguments) {
        instructions.add(new Instruction.Call(what, sys, List.of(arguments), errors, target, true, place));
    }

    /** Emits a block after all the others; it must end with a jump. */
    void later(Runnable block) {
        later.add(block);
    }

    /** The bits of errors for the error policies. */
    static long errors(int... numbers) {
        return Arrays.stream(numbers).mapToLong(errno -> 1L << errno).reduce(0, (a, b) -> a | b);
    }

    SyscallProgram build() {
        while (!later.isEmpty()) {
            later.remove().run();
        }
        return new SyscallProgram(instructions, architecture);
    }
}

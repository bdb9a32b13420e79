package io.windlass.shim.program;

import io.windlass.shim.linux.Errno;
import java.util.List;

/** Writes a program for people, like strace. */
final class Listing {
    private Listing() {}

    static String of(List<Instruction> instructions) {
        StringBuilder out = new StringBuilder();
        for (Instruction instruction : instructions) {
            if (!(instruction instanceof Instruction.Here)) {
                out.append("    ");
            }
            line(out, instruction);
            out.append('\n');
        }
        return out.toString();
    }

    private static void line(StringBuilder out, Instruction instruction) {
        switch (instruction) {
            case Instruction.Call call -> call(out, call);
            case Instruction.Test test ->
                out.append("unless (").append(test.address().shown()).append(" & 0x").append(Long.toHexString(test.mask()))
                        .append(") == 0x").append(Long.toHexString(test.value())).append(" goto ").append(test.otherwise().name());
            case Instruction.Jump jump -> out.append("goto ").append(jump.target().name());
            case Instruction.Refuse refuse -> out.append("fail \"").append(refuse.reason()).append('"');
            case Instruction.Here here -> out.append(here.label().name()).append(':');
        }
    }

    private static void call(StringBuilder out, Instruction.Call call) {
        if (call.result() != null) {
            out.append('$').append(call.result().room().name()).append(" = ");
        }
        out.append(call.sys().label()).append('(');
        String separator = "";
        for (Operand argument : call.arguments()) {
            out.append(separator).append(argument.shown());
            separator = ", ";
        }
        out.append(')');
        if (call.onZero() && call.target() != null) {
            out.append(" 0: goto ").append(call.target().name());
        }
        if (call.tolerated() != 0) {
            out.append(' ').append(errors(call.tolerated())).append(": ")
                    .append(call.target() == null ? "ignore" : "goto " + call.target().name());
        }
    }

    private static String errors(long tolerated) {
        if (tolerated == -1) {
            return "any error";
        }
        StringBuilder out = new StringBuilder();
        for (int errno = 0; errno < Long.SIZE; errno++) {
            if ((tolerated >>> errno & 1) != 0) {
                String described = Errno.describe(errno);
                int end = described.indexOf(' ');
                out.append(out.isEmpty() ? "" : "|").append(end < 0 ? described : described.substring(0, end));
            }
        }
        return out.toString();
    }
}

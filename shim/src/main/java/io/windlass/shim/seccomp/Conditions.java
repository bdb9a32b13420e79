package io.windlass.shim.seccomp;

import io.windlass.shim.spec.Seccomp.Abi;
import io.windlass.shim.spec.Seccomp.Condition;
import io.windlass.shim.spec.Seccomp.Rule;
import java.util.List;

import static io.windlass.shim.seccomp.Assembler.JUMP_EQUAL;
import static io.windlass.shim.seccomp.Assembler.JUMP_GREATER;
import static io.windlass.shim.seccomp.Assembler.JUMP_GREATER_OR_EQUAL;

/** Comparisons of arguments: 64 bits by two words of 32, the high one first. */
final class Conditions {
    private final Assembler out;
    private final Abi abi;

    Conditions(Assembler out, Abi abi) {
        this.out = out;
        this.abi = abi;
    }

    /** Writes what goes to one place if the rule's conditions hold, else to another. */
    int rule(Rule rule, int yes, int no) {
        List<Condition> conditions = rule.conditions();
        boolean alternatives = conditions.stream().mapToInt(Condition::index).distinct().count() < conditions.size();
        int place = alternatives ? no : yes;
        for (Condition condition : conditions.reversed()) {
            place = alternatives ? condition(condition, yes, place) : condition(condition, place, no);
        }
        return place;
    }

    private int condition(Condition c, int yes, int no) {
        return switch (c.operator()) {
            case EQUAL -> equal(c, -1, c.value(), yes, no);
            case NOT_EQUAL -> equal(c, -1, c.value(), no, yes);
            case MASKED_EQUAL -> equal(c, c.value(), c.second() & c.value(), yes, no);
            case GREATER -> above(c, JUMP_GREATER, yes, no);
            case GREATER_OR_EQUAL -> above(c, JUMP_GREATER_OR_EQUAL, yes, no);
            case LESS -> above(c, JUMP_GREATER_OR_EQUAL, no, yes);
            case LESS_OR_EQUAL -> above(c, JUMP_GREATER, no, yes);
        };
    }

    private int equal(Condition c, long mask, long value, int yes, int no) {
        int place = word(low(c), (int) mask, (int) value, yes, no);
        return abi.bits() == 32 ? place : word(low(c) + 4, (int) (mask >>> 32), (int) (value >>> 32), place, no);
    }

    private int word(int offset, int mask, int value, int yes, int no) {
        if (mask == 0) {
            return yes;
        }
        out.jump(JUMP_EQUAL, value, yes, no);
        if (mask != -1) {
            out.and(mask);
        }
        return out.load(offset);
    }

    private int above(Condition c, int comparison, int yes, int no) {
        out.jump(comparison, (int) c.value(), yes, no);
        int place = out.load(low(c));
        if (abi.bits() == 32) {
            return place;
        }
        int high = (int) (c.value() >>> 32);
        out.jump(JUMP_GREATER, high, yes, out.jump(JUMP_EQUAL, high, place, no));
        return out.load(low(c) + 4);
    }

    private static int low(Condition c) {
        return Assembler.ARGUMENTS + c.index() * Long.BYTES;
    }
}

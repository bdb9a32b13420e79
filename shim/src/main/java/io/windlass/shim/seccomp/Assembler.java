package io.windlass.shim.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes classic BPF from its last instruction to its first, so that every jump, which can only go forward, knows its target. A place in the
 * program is the number of instructions from it to the end. See the kernel's networking/filter.rst.
 */
final class Assembler {
    static final int JUMP_EQUAL = 0x15;
    static final int JUMP_GREATER = 0x25;
    static final int JUMP_GREATER_OR_EQUAL = 0x35;

    /** Offsets in struct seccomp_data. */
    static final int NUMBER = 0;
    static final int ARCHITECTURE = 4;
    static final int ARGUMENTS = 16;

    private static final int LOAD_WORD = 0x20;
    private static final int AND = 0x54;
    private static final int JUMP = 0x05;
    private static final int RETURN = 0x06;
    private static final int FARTHEST = 254; // 255 in the instruction, less one that may come between

    private final List<Long> reversed = new ArrayList<>();

    int load(int offset) {
        return emit(LOAD_WORD, 0, 0, offset);
    }

    int and(int mask) {
        return emit(AND, 0, 0, mask);
    }

    int returns(int value) {
        return emit(RETURN, 0, 0, value);
    }

    /** Compares what was loaded, unsigned, and goes to one of two places. */
    int jump(int comparison, int value, int yes, int no) {
        if (yes == no) {
            return reach(yes);
        }
        int near = reversed.size() - yes > FARTHEST ? emit(JUMP, 0, 0, reversed.size() - yes) : yes;
        int other = reversed.size() - no > FARTHEST ? emit(JUMP, 0, 0, reversed.size() - no) : no;
        return emit(comparison, reversed.size() - near, reversed.size() - other, value);
    }

    /** Makes a place the next one. */
    int reach(int place) {
        return place == reversed.size() ? place : emit(JUMP, 0, 0, reversed.size() - place);
    }

    /** Returns the place of the instruction written last. */
    int here() {
        return reversed.size();
    }

    /** Returns an array of struct sock_filter in the byte order of all our machines, which is little-endian. */
    byte[] program() {
        ByteBuffer program = ByteBuffer.allocate(reversed.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long instruction : reversed.reversed()) {
            program.putLong(instruction);
        }
        return program.array();
    }

    private int emit(int code, int yes, int no, int k) {
        reversed.add((long) k << 32 | (long) no << 24 | (long) yes << 16 | code);
        return reversed.size();
    }
}

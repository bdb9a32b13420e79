package io.windlass.shim.spec;

import io.windlass.shim.spec.Seccomp.Abi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs a filter as the kernel does, with its checks: only forward jumps within the program, an end that returns. */
public final class BpfMachine {
    private final long[] program;
    private int steps;

    public BpfMachine(SeccompFilter filter) {
        ByteBuffer bytes = ByteBuffer.wrap(filter.program()).order(ByteOrder.LITTLE_ENDIAN);
        program = new long[filter.length()];
        for (int i = 0; i < program.length; i++) {
            program[i] = bytes.getLong();
        }
    }

    /** Returns what the filter says to a call, without the bit of x32. */
    public int run(Abi abi, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putInt(number).putInt(abi.audit()).putLong(0);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        int accumulator = 0;
        steps = 0;
        for (int at = 0;; at++) {
            steps++;
            long instruction = program[at];
            int code = (int) instruction & 0xffff;
            int yes = (int) (instruction >>> 16) & 0xff;
            int no = (int) (instruction >>> 24) & 0xff;
            int k = (int) (instruction >>> 32);
            switch (code) {
                case 0x20 -> accumulator = data.getInt(k);
                case 0x54 -> accumulator &= k;
                case 0x05 -> at += k;
                case 0x15 -> at += accumulator == k ? yes : no;
                case 0x25 -> at += Integer.compareUnsigned(accumulator, k) > 0 ? yes : no;
                case 0x35 -> at += Integer.compareUnsigned(accumulator, k) >= 0 ? yes : no;
                case 0x06 -> {
                    return k;
                }
                default -> throw new IllegalStateException("instruction " + at + " has the code 0x" + Integer.toHexString(code));
            }
        }
    }

    /** Returns how many instructions the last run took. */
    public int steps() {
        return steps;
    }
}

package io.windlass.shim.program;

import io.windlass.shim.spec.RawText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lays a program out for the interpreter: header, the shim's own rooms, ops, strings and other rooms, zeroed rooms.
 *
 * <p>
 * The rooms that are used up to the first exit stand before the ops, so that everything the shim needs while it waits is in the first page. See interpreter-x86_64.S for the format.
 *
 * <p>
 * Without a switch over types: its code is made when it first runs, 10 ms on the way of a daemon's first container.
 */
final class ProgramEncoder {
    /** Where the interpreter puts the program. */
    static final long BASE = 0x10000000L;
    /** The most the interpreter reads. */
    static final int SIZE = 0x1000000;

    private static final int HEADER = 64;
    private static final int OP = 80;
    private static final int SCRATCH = 16;
    private static final int ENTRY = 24;
    private static final int SMALL = 128;
    private static final int TEST = 0x80000000;
    private static final int ON_ZERO = 1;

    private final Architecture architecture;
    private final List<Instruction> instructions;
    private final Map<Label, Integer> labels = new IdentityHashMap<>();
    private final Map<Room, Integer> rooms = new IdentityHashMap<>();
    private final Map<Object, Integer> data = new HashMap<>();
    private final List<Room> large = new ArrayList<>();
    private final List<Runnable> zeroFixes = new ArrayList<>();
    private boolean front = true;
    private int ops;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private int end;

    ProgramEncoder(Architecture architecture, SyscallProgram program) {
        this.architecture = architecture;
        this.instructions = program.instructions();
    }

    static int stepAt(SyscallProgram program, long address) {
        ProgramEncoder encoder = new ProgramEncoder(Architecture.X86_64, program);
        encoder.layOut();
        long step = (address - BASE - encoder.ops) / OP;
        return step < 0 || address < BASE + encoder.ops || step >= program.length() ? -1 : (int) step;
    }

    private int layOut() {
        int count = 0;
        int small = HEADER;
        for (Instruction instruction : instructions) {
            if (instruction instanceof Instruction.Here here) {
                labels.put(here.label(), count);
                continue;
            }
            count++;
            if (instruction instanceof Instruction.Call call) {
                front &= call.sys() != Sys.EXIT_GROUP;
                for (Operand argument : call.arguments()) {
                    small = place(argument, small);
                }
                if (call.result() != null) {
                    small = place(call.result(), small);
                }
            } else if (instruction instanceof Instruction.Test test) {
                small = place(test.address(), small);
            }
        }
        ops = small;
        return count;
    }

    byte[] encode() {
        int count = layOut();
        end = ops + count * OP;
        out = ByteBuffer.allocate(Math.max(16 * 1024, 2 * end)).order(ByteOrder.LITTLE_ENDIAN);
        placeLarge(false);
        int at = ops;
        for (Instruction instruction : instructions) {
            if (!(instruction instanceof Instruction.Here)) {
                op(at, instruction);
                at += OP;
            }
        }
        rooms.forEach(this::fill);
        int image = end;
        out.putLong(ENTRY, BASE + ops);
        placeLarge(true);
        fixZero();
        if (end > SIZE) {
            throw new IllegalArgumentException("container needs a program of " + end + " bytes, more than " + SIZE);
        }
        return Arrays.copyOf(out.array(), image);
    }

    /** Gives a room its place: small ones here, large ones later. */
    private int place(Operand operand, int at) {
        Room room = operand.room();
        if (room == null || rooms.containsKey(room)) {
            return at;
        }
        int next = at;
        if (front && room.size() <= SMALL) {
            rooms.put(room, at);
            next = at + align(room.size());
        } else {
            rooms.put(room, -1);
            large.add(room);
        }
        for (Operand word : room.words()) {
            next = place(word, next);
        }
        return next;
    }

    private void placeLarge(boolean zero) {
        for (Room room : large) {
            if (room.isZero() == zero) {
                rooms.put(room, end);
                end += align(room.size());
                if (!zero) {
                    reserve(end);
                }
            }
        }
    }

    private void fixZero() {
        zeroFixes.forEach(Runnable::run);
    }

    private void op(int at, Instruction instruction) {
        if (instruction instanceof Instruction.Call call) {
            call(at, call);
        } else if (instruction instanceof Instruction.Test test) {
            header(at, TEST, 0, 0, target(test.otherwise(), at));
            test.address().write(this, at + 8);
            out.putLong(at + 16, test.mask());
            out.putLong(at + 24, test.value());
        } else if (instruction instanceof Instruction.Jump jump) {
            header(at, TEST, 0, 0, target(jump.target(), at));
            out.putLong(at + 8, BASE);
            out.putLong(at + 24, 1); // nothing masked by 0 is 1
        } else {
            header(at, Sys.CLOSE.number(architecture), 0, 0, 0); // a refusal
            out.putLong(at + 8, -1); // EBADF
        }
    }

    private void call(int at, Instruction.Call call) {
        int flags = call.onZero() ? ON_ZERO : 0;
        for (int i = 0; i < call.arguments().size(); i++) {
            Operand argument = call.arguments().get(i);
            if (argument instanceof Operand.Result) {
                flags |= 0x100 << i;
            }
            argument.write(this, at + 8 + 8 * i);
        }
        header(at, call.sys().number(architecture), flags, call.tolerated(), target(call.target(), at));
        if (call.result() != null) {
            call.result().write(this, at + 64);
        }
    }

    private void header(int at, int number, int flags, long tolerated, long target) {
        out.putInt(at, number).putInt(at + 4, flags).putLong(at + 56, tolerated).putLong(at + 64, BASE + SCRATCH).putLong(at + 72, target);
    }

    private long target(@Nullable Label label, int at) {
        if (label == null) {
            return BASE + at + OP;
        }
        Integer step = labels.get(label);
        if (step == null) {
            throw new IllegalStateException("label " + label.name() + " has no place");
        }
        return BASE + ops + (long) step * OP;
    }

    private void fill(Room room, int at) {
        if (at < 0) {
            return;
        }
        out.put(at, room.bytes());
        for (int i = 0; i < room.words().size(); i++) {
            room.words().get(i).write(this, at + 8 * i);
        }
    }

    void number(int at, long value) {
        out.putLong(at, value);
    }

    void address(int at, int of) {
        out.putLong(at, BASE + of);
    }

    void address(int at, Operand.Memory memory) {
        int room = rooms.getOrDefault(memory.room(), -1);
        if (room < 0) {
            zeroFixes.add(() -> out.putLong(at, BASE + rooms.getOrDefault(memory.room(), 0) + memory.offset()));
        } else {
            out.putLong(at, BASE + room + memory.offset());
        }
    }

    /** Returns where a string is; equal ones are one. */
    int text(String text) {
        Integer known = data.get(text);
        if (known != null) {
            return known;
        }
        byte[] bytes = RawText.bytes(text);
        int at = end;
        reserve(at + align(bytes.length + 1));
        out.put(at, bytes);
        end = at + align(bytes.length + 1);
        data.put(text, at);
        return at;
    }

    /** Returns where an array of strings is. */
    int strings(List<String> strings) {
        Integer known = data.get(strings);
        if (known != null) {
            return known;
        }
        int at = end;
        end = at + 8 * (strings.size() + 1);
        reserve(end);
        for (int i = 0; i < strings.size(); i++) {
            long address = BASE + text(strings.get(i));
            out.putLong(at + 8 * i, address);
        }
        data.put(strings, at);
        return at;
    }

    private void reserve(int size) {
        if (size > out.capacity()) {
            ByteBuffer bigger = ByteBuffer.allocate(Math.max(size, 2 * out.capacity())).order(ByteOrder.LITTLE_ENDIAN);
            bigger.put(0, out.array());
            out = bigger;
        }
    }

    private static int align(int size) {
        return size + 7 & ~7;
    }
}

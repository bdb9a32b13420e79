package io.windlass.shim.program;

import io.windlass.shim.program.Operand.Memory;
import io.windlass.shim.program.Operand.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Structures of the kernel as rooms. */
final class Structs {
    /** The size of struct mount_attr. */
    static final Value MOUNT_ATTR_SIZE = Value.of(32);

    private static final long ATIME = 0x70;

    private Structs() {}

    /** struct mount_attr of mount_setattr(2). */
    static Memory mountAttr(String name, long set, long propagation) {
        long clear = (set & ATIME) == 0 ? 0 : ATIME;
        return words("{" + name + "}", set, clear, propagation, 0).address();
    }

    static Room words(String name, long... values) {
        return Room.of(name, java.util.Arrays.stream(values).mapToObj(value -> (Operand) Value.of(value)).toList());
    }

    /** struct timespec and others are read in the machine's order, which is little-endian on all machines we know. */
    static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** 32-bit words. */
    static Room ints(String name, List<Integer> values) {
        ByteBuffer out = littleEndian(4 * values.size());
        values.forEach(out::putInt);
        return Room.of(name, out.array());
    }

    /** Raw bytes. */
    static Room bytes(String name, byte[] bytes) {
        return Room.of(name, bytes);
    }
}

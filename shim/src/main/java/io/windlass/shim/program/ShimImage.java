package io.windlass.shim.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The executable of all shims: a static ELF of one page with the interpreter as its only segment. It holds no program: that comes by descriptor, so that one sealed
 * file, and one page of memory, serves every container.
 */
public final class ShimImage {
    private static final long ADDRESS = 0x400000;
    private static final int HEADERS = 64 + 2 * 56;
    private static final int PAGE = 0x10000; // the largest page size

    private ShimImage() {}

    /** Returns the interpreter's machine code. */
    public static byte[] interpreter(Architecture architecture) {
        String name = "interpreter-" + architecture.label() + ".bin";
        try (InputStream in = ShimImage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the ELF file. See elf(5). */
    public static byte[] elf(Architecture architecture) {
        byte[] text = interpreter(architecture);
        int size = HEADERS + text.length;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[]{0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) 2).putShort((short) architecture.machine()).putInt(1).putLong(ADDRESS + HEADERS).putLong(64).putLong(0);
        out.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 2).putShort((short) 0).putShort((short) 0)
                .putShort((short) 0);
        // PT_LOAD, readable and executable
        out.putInt(1).putInt(5).putLong(0).putLong(ADDRESS).putLong(ADDRESS).putLong(size).putLong(size).putLong(PAGE);
        // PT_GNU_STACK, not executable
        out.putInt(0x6474e551).putInt(6).putLong(0).putLong(0).putLong(0).putLong(0).putLong(0).putLong(16);
        return out.put(text).array();
    }
}

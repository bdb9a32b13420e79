package io.windlass.shim.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;

/**
 * What a shim leaves when its process has ended: 32 bytes, little-endian: magic, status of wait(2), seconds, nanoseconds.
 *
 * @param waitStatus as of wait4(2)
 * @param at when the process had ended
 */
public record ExitRecord(int waitStatus, Instant at) {
    /** The number of bytes. */
    public static final int SIZE = 32;

    static final long MAGIC = 0x3130746978654c57L; // "WLexit01"

    /** Reads a record; empty if there is none, because the process runs or its shim was killed. */
    public static Optional<ExitRecord> parse(byte[] bytes) {
        if (bytes.length < SIZE) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getLong(0) != MAGIC) {
            return Optional.empty();
        }
        return Optional.of(new ExitRecord(in.getInt(8), Instant.ofEpochSecond(in.getLong(16), in.getLong(24))));
    }
}

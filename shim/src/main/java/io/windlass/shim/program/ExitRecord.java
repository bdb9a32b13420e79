package io.windlass.shim.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;

/**
 * What a shim leaves when its process has ended: 32 bytes, little-endian: magic, status of wait(2), seconds, nanoseconds.
 *
 * <p>
 * That of a container is the end of a file that is only ever appended to, and that tells of the start too:
 *
 * <pre>
 *   word 0   HEAD, by the daemon, before there is a shim
 *   word 1   STARTED, by the container's process before its command, or
 *            CALLED_OFF, by a daemon whose predecessor was killed over the start
 *   then     what came second of these two, and the record, by the shim
 * </pre>
 *
 * The first of the two decides, and both look which that is, so that what was called off never runs. See O_APPEND in open(2).
 *
 * @param waitStatus as of wait4(2)
 * @param at when the process had ended
 */
public record ExitRecord(int waitStatus, Instant at) {
    /** The number of bytes. */
    public static final int SIZE = 32;
    /** The number of bytes of a word. */
    public static final int WORD = 8;

    public static final long HEAD = 0x31306d6968734c57L; // "WLshim01"
    public static final long STARTED = 0x31305f6e75724c57L; // "WLrun_01"
    public static final long CALLED_OFF = 0x31305f66666f4c57L; // "WLoff_01"

    static final long MAGIC = 0x3130746978654c57L; // "WLexit01"

    private static final long MOST_STATUS = 0xffff;
    private static final long NANOS = 1_000_000_000;
    private static final long MOST_SECONDS = Long.MAX_VALUE / NANOS - 1;

    /**
     * Finds the record in what a shim has left; empty if there is none, because the process runs or its shim was killed, and where it holds what no
     * shim writes.
     */
    public static Optional<ExitRecord> parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + SIZE <= bytes.length; at += WORD) {
            if (in.getLong(at) == MAGIC) {
                return record(in.getLong(at + 8), in.getLong(at + 16), in.getLong(at + 24));
            }
        }
        return Optional.empty();
    }

    private static Optional<ExitRecord> record(long status, long seconds, long nanos) {
        boolean possible = status >= 0 && status <= MOST_STATUS && seconds >= 0 && seconds <= MOST_SECONDS && nanos >= 0 && nanos < NANOS;
        return possible ? Optional.of(new ExitRecord((int) status, Instant.ofEpochSecond(seconds, nanos))) : Optional.empty();
    }
}

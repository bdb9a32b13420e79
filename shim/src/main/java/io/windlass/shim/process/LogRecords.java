package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Turns what was read from a stream into records of the CRI log format: {@code TIME STREAM P|F TEXT}.
 *
 * <p>
 * A record ends where the line ends (F), where it reaches the longest text, or where the bytes at hand end (P): nothing is held back, so that a
 * line in flight is not lost with the daemon. Readers join P records with what follows them.
 */
final class LogRecords {
    private static final byte[] OUT = " stdout ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ERR = " stderr ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FULL = {'F', ' '};
    private static final byte[] PARTIAL = {'P', ' '};
    private static final int OVERHEAD = LogTime.BYTES + OUT.length + FULL.length + 1;
    private static final long NEWLINES = 0x0a0a0a0a0a0a0a0aL;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    private final LogTime time = new LogTime();
    private final byte[] head = new byte[LogTime.BYTES + OUT.length];
    private final ByteBuffer headBuffer = ByteBuffer.wrap(head);
    private final int maxLine;

    LogRecords(int maxLine) {
        this.maxLine = maxLine;
    }

    /** Sets stream and time of the records to come. */
    void start(Stream stream, Instant at) {
        headBuffer.clear();
        time.put(at, headBuffer);
        headBuffer.put(stream == Stream.OUT ? OUT : ERR);
    }

    /**
     * Moves records from {@code in} to {@code out} until one of them has no more for the next.
     *
     * @param in what was read, in native byte order; its position moves behind what was taken
     * @return the number of records
     */
    int format(ByteBuffer in, ByteBuffer out) {
        int records = 0;
        while (in.hasRemaining()) {
            int from = in.position();
            int limit = Math.min(in.limit(), from + maxLine + 1);
            int newline = newline(in, from, limit);
            boolean full = newline >= 0;
            int length = full ? newline - from : Math.min(in.remaining(), maxLine);
            if (out.remaining() < OVERHEAD + length) {
                break;
            }
            out.put(head).put(full ? FULL : PARTIAL).put(out.position(), in, from, length);
            out.position(out.position() + length);
            out.put((byte) '\n');
            in.position(from + length + (full ? 1 : 0));
            records++;
        }
        return records;
    }

    /** Returns the room that one record of the longest text takes. */
    int longest() {
        return OVERHEAD + maxLine;
    }

    private static int newline(ByteBuffer in, int from, int limit) {
        int i = from;
        for (; i + Long.BYTES <= limit; i += Long.BYTES) {
            long word = in.getLong(i) ^ NEWLINES;
            long zero = (word - ONES) & ~word & HIGH;
            if (zero != 0) { // the lowest hit is exact, and the first one on a little-endian machine
                return i + (in.order() == ByteOrder.LITTLE_ENDIAN ? Long.numberOfTrailingZeros(zero) / Byte.SIZE : first(in, i));
            }
        }
        for (; i < limit; i++) {
            if (in.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static int first(ByteBuffer in, int from) {
        int i = from;
        while (in.get(i) != '\n') {
            i++;
        }
        return i - from;
    }
}

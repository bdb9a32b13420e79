package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
 *
 * <p>
 * It works on arrays, since the simple compiler that the daemon runs with makes little of buffers.
 */
final class LogRecords {
    private static final byte[] OUT = " stdout F ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ERR = " stderr F ".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD = LogTime.BYTES + OUT.length;
    private static final int TAG = HEAD - 2;
    private static final int OVERHEAD = HEAD + 1;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int STRIDE = 4 * Long.BYTES;
    private static final long NEWLINES = 0x0a0a0a0a0a0a0a0aL;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    private final LogTime time = new LogTime();
    private final byte[] head = new byte[HEAD];
    private final ByteBuffer headBuffer = ByteBuffer.wrap(head);
    private final int maxLine;
    private int taken;
    private int made;

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
     * Makes records of {@code in} until {@code out} has no room for the next; {@link #taken} and {@link #made} tell how far that went.
     *
     * @param out has room for {@link #longest} bytes at least
     * @return the number of records
     */
    int format(byte[] in, int from, int to, byte[] out) {
        int records = 0;
        int at = from;
        int end = 0;
        while (at < to) {
            int newline = newline(in, at, Math.min(to, at + maxLine + 1));
            int length = newline >= 0 ? newline - at : Math.min(to - at, maxLine);
            if (out.length - end < OVERHEAD + length) {
                break;
            }
            System.arraycopy(head, 0, out, end, HEAD);
            System.arraycopy(in, at, out, end + HEAD, length);
            at += length;
            if (newline >= 0) {
                at++;
            } else {
                out[end + TAG] = 'P';
            }
            end += HEAD + length;
            out[end++] = '\n';
            records++;
        }
        taken = at;
        made = end;
        return records;
    }

    /** Where in its input the last {@link #format} stopped. */
    int taken() {
        return taken;
    }

    /** The bytes of records that the last {@link #format} made. */
    int made() {
        return made;
    }

    /** Returns the room that one record of the longest text takes. */
    int longest() {
        return OVERHEAD + maxLine;
    }

    /** Looks at 32 bytes a time; written out, since the compiler would make calls of what is nested so deep. */
    private static int newline(byte[] in, int from, int limit) {
        int i = from;
        for (; i + STRIDE <= limit; i += STRIDE) {
            long a = (long) LONGS.get(in, i) ^ NEWLINES;
            long b = (long) LONGS.get(in, i + 8) ^ NEWLINES;
            long c = (long) LONGS.get(in, i + 16) ^ NEWLINES;
            long d = (long) LONGS.get(in, i + 24) ^ NEWLINES;
            if ((((a - ONES) & ~a | (b - ONES) & ~b | (c - ONES) & ~c | (d - ONES) & ~d) & HIGH) != 0) {
                break;
            }
        }
        for (; i + Long.BYTES <= limit; i += Long.BYTES) {
            long word = (long) LONGS.get(in, i) ^ NEWLINES;
            long hits = (word - ONES) & ~word & HIGH; // the lowest is exact, above it others may be marked
            if (hits != 0) {
                return i + Long.numberOfTrailingZeros(hits) / Byte.SIZE;
            }
        }
        for (; i < limit; i++) {
            if (in[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}

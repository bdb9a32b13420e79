package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The memory one thread needs to move output: what was read, and the records made of it. */
final class LogBuffers {
    private final @Nullable LogJournal journal;
    private final ByteBuffer in;
    private final byte[] text = new byte[LogJournal.TEXT_BYTES];
    private final byte[] made;
    private final ByteBuffer out;
    private final LogRecords records;
    private int taken;

    /** @param journal where text is while it is in hand; null for memory that dies with the daemon */
    LogBuffers(int maxLine, @Nullable LogJournal journal) {
        this.journal = journal;
        in = journal == null ? ByteBuffer.allocateDirect(text.length) : journal.text();
        records = new LogRecords(maxLine);
        made = new byte[Math.max(2 * text.length, records.longest())];
        out = ByteBuffer.allocateDirect(made.length);
    }

    @Nullable
    LogJournal journal() {
        return journal;
    }

    /** Takes what is read. */
    ByteBuffer in() {
        return in;
    }

    /** Starts the records of what is in {@link #in}, which is left as it is. */
    void start(Stream stream, Instant at) {
        in.get(in.position(), text, in.position(), in.remaining());
        taken = in.position();
        records.start(stream, at);
    }

    /** Makes the next records and gives their number; 0 at the end. */
    int next() {
        int count = records.format(text, taken, in.limit(), made);
        taken = records.taken();
        out.clear().put(made, 0, records.made()).flip();
        return count;
    }

    /** The records that {@link #next} made. */
    ByteBuffer out() {
        return out;
    }
}

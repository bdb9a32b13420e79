package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The memory one thread needs to move output: what was read, and the records made of it. */
final class LogBuffers {
    private static final int READ_BYTES = 128 * 1024;
    private static final int PAGE = 4096;

    /** Starts with a page, as the text in a pipe does: to a few bytes after a page's start some processors copy at a quarter of their speed. */
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES + PAGE - 1).alignedSlice(PAGE).order(ByteOrder.nativeOrder());
    private final byte[] text = new byte[READ_BYTES];
    private final byte[] made;
    private final ByteBuffer out;
    private final LogRecords records;
    private int taken;

    private final @Nullable PipeHandover handover;

    /** @param handover how text is taken out of pipes; null for at once */
    LogBuffers(int maxLine, @Nullable PipeHandover handover) {
        this.handover = handover;
        records = new LogRecords(maxLine);
        made = new byte[Math.max(2 * READ_BYTES, records.longest())];
        out = ByteBuffer.allocateDirect(made.length);
    }

    @Nullable
    PipeHandover handover() {
        return handover;
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

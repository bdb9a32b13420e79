package io.windlass.shim.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The memory one thread needs to move output: what was read, and the records made of it. */
final class LogBuffers {
    private static final int READ_BYTES = 128 * 1024;

    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES).order(ByteOrder.nativeOrder());
    private final ByteBuffer out;
    private final LogRecords records;

    LogBuffers(int maxLine) {
        records = new LogRecords(maxLine);
        out = ByteBuffer.allocateDirect(Math.max(2 * READ_BYTES, records.longest()));
    }

    ByteBuffer in() {
        return in;
    }

    ByteBuffer out() {
        return out;
    }

    LogRecords records() {
        return records;
    }
}

package io.windlass.shim.process;

import io.windlass.shim.linux.FilePages;
import io.windlass.shim.process.ContainerLog.Stream;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the pump has in hand, in a mapped file that the kernel keeps when the daemon is killed: a page that tells of the batch, and behind it the text,
 * which is read to there.
 *
 * <pre>
 * nothing ── begin ──▶ TAKING ── taken ──▶ TAKEN ── end ──▶ nothing
 * </pre>
 *
 * <p>
 * A read of as many bytes as are there takes all of them or has not yet begun, since nobody else reads but whom the container lets, and neither a signal
 * nor a page that is away ends it early. So a daemon that is killed while it reads leaves the text where it was or here: which of them, the mark tells
 * that was put where the text goes. The next daemon takes back what records there are of the batch and makes them again of the text that it finds here.
 */
final class LogJournal {
    /** The longest text of one batch in bytes. */
    static final int TEXT_BYTES = 128 * 1024;

    static final int TEXT = 4096;
    private static final int NOTHING = 0;
    static final int TAKING = 0x574c6a32;
    private static final int TAKEN = 0x574c6a33;
    static final int STATE = 0;
    private static final int STREAM = 4;
    private static final int BYTES = 8;
    private static final int ID_BYTES = 12;
    private static final int LOG_SIZE = 16;
    static final int MARK = 24;
    private static final int ID = MARK + Long.BYTES;

    /** The bytes of a mark are drawn from those that UTF-8 has not: text is never taken for one, and other bytes hardly. */
    private static final long MARK_BITS = 0x0707070707070707L;
    private static final long NO_TEXT = 0xf8f8f8f8f8f8f8f8L;

    private final MappedByteBuffer file;
    private final ByteBuffer text;
    private final @Nullable Batch interrupted;

    /**
     * A batch under way.
     *
     * @param id the container's
     * @param logSize the length of the log file before its records
     * @param text what has been read of it; empty where it is still where it was
     */
    record Batch(String id, Stream stream, long logSize, byte[] text) {}

    private LogJournal(MappedByteBuffer file) {
        this.file = file;
        this.text = file.slice(TEXT, TEXT_BYTES).order(ByteOrder.nativeOrder());
        this.interrupted = read();
    }

    /** Opens the journal of an earlier daemon, or a new one. */
    static LogJournal open(Path path) throws IOException {
        Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size < TEXT + TEXT_BYTES) { // by write(2), which tells where there is no room; a mapping could not
                channel.write(ByteBuffer.allocate((int) (TEXT + TEXT_BYTES - size)), size);
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, TEXT + TEXT_BYTES);
            FilePages.lock(mapped);
            mapped.order(ByteOrder.nativeOrder());
            return new LogJournal(mapped);
        }
    }

    private @Nullable Batch read() {
        int state = file.getInt(STATE);
        int idBytes = file.getInt(ID_BYTES);
        int stream = file.getInt(STREAM);
        int bytes = file.getInt(BYTES);
        if (state != TAKING && state != TAKEN || idBytes < 0 || idBytes > TEXT - ID || stream < 0 || stream >= Stream.values().length
                || bytes < 0
                || bytes > TEXT_BYTES) {
            return null;
        }
        byte[] id = new byte[idBytes];
        file.get(ID, id);
        byte[] there = new byte[state == TAKEN || isOverMarks(bytes) ? bytes : 0];
        file.get(TEXT, there);
        return new Batch(new String(id, StandardCharsets.UTF_8), Stream.values()[stream], file.getLong(LOG_SIZE), there);
    }

    /** What an earlier daemon was killed over; it stays noted until {@link #end}. */
    Optional<Batch> interrupted() {
        return Optional.ofNullable(interrupted);
    }

    /** Where the text of a batch goes, by one call of read(2). */
    ByteBuffer text() {
        return text;
    }

    /**
     * Notes a batch.
     *
     * @param bytes how much will be read now
     */
    void begin(String id, Stream stream, long logSize, int bytes) {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        long mark = ThreadLocalRandom.current().nextLong() & MARK_BITS | NO_TEXT;
        state(NOTHING); // the batch before may not have come to its end
        file.putInt(STREAM, stream.ordinal()).putInt(BYTES, bytes).putInt(ID_BYTES, name.length).putLong(LOG_SIZE, logSize)
                .putLong(MARK, mark).put(ID, name);
        mark(0, bytes);
        mark(bytes - Long.BYTES, bytes);
        state(TAKING);
    }

    /** What the state tells of is there before it: until the marks are, the text of the batch before would be taken for this one's. */
    private void state(int state) {
        VarHandle.releaseFence();
        file.putInt(STATE, state);
        VarHandle.releaseFence();
    }

    private void mark(int at, int bytes) {
        for (int i = Math.max(at, 0); i < Math.min(at + Long.BYTES, bytes); i++) {
            file.put(TEXT + i, file.get(MARK + i % Long.BYTES));
        }
    }

    /** Tells whether the text is there: from its beginning to its end, for a pipe of packets (O_DIRECT) gives one only. */
    private boolean isOverMarks(int bytes) {
        return !isMarked(0, bytes) && !isMarked(bytes - Long.BYTES, bytes);
    }

    private boolean isMarked(int at, int bytes) {
        for (int i = Math.max(at, 0); i < Math.min(at + Long.BYTES, bytes); i++) {
            if (file.get(TEXT + i) != file.get(MARK + i % Long.BYTES)) {
                return false;
            }
        }
        return true;
    }

    /** The text has been read. */
    void taken(int bytes) {
        file.putInt(BYTES, bytes);
        state(TAKEN);
    }

    /** The records of the text are in the log. */
    void end() {
        state(NOTHING);
    }
}

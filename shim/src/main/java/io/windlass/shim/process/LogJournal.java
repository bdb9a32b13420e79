package io.windlass.shim.process;

import io.windlass.shim.process.ContainerLog.Stream;
import java.io.IOException;
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
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What the pump has in hand, in a file that the kernel keeps when the daemon is killed.
 *
 * <p>
 * The text of a batch stays in its pipe until its records are in the log, so that none is lost. A daemon that was killed in between has left
 * records of text that the next one finds in the pipe again: by this note it knows them, and takes them back before it goes on.
 */
final class LogJournal {
    private static final int SIZE = 4096;
    private static final int UNDER_WAY = 0x574c6a31;
    private static final int STATE = 0;
    private static final int STREAM = 4;
    private static final int BYTES = 8;
    private static final int CHECKSUM = 12;
    private static final int LOG_SIZE = 16;
    private static final int ID_BYTES = 24;
    private static final int ID = 28;

    private final MappedByteBuffer file;
    private final @Nullable Batch interrupted;

    /**
     * A batch under way.
     *
     * @param id the container's
     * @param logSize the length of the log file before its records
     * @param bytes how much text
     * @param checksum of the text
     */
    record Batch(String id, Stream stream, long logSize, int bytes, int checksum) {
        boolean isText(ByteBuffer text) {
            return text.remaining() == bytes && LogJournal.checksum(text) == checksum;
        }
    }

    private LogJournal(MappedByteBuffer file) {
        this.file = file;
        this.interrupted = read(file);
        end();
    }

    /** Opens the journal of an earlier daemon, or a new one. */
    static LogJournal open(Path path) throws IOException {
        Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
            mapped.order(ByteOrder.nativeOrder());
            return new LogJournal(mapped);
        }
    }

    private static @Nullable Batch read(ByteBuffer file) {
        int idBytes = file.getInt(ID_BYTES);
        int stream = file.getInt(STREAM);
        if (file.getInt(STATE) != UNDER_WAY || idBytes < 0 || idBytes > SIZE - ID || stream < 0 || stream >= Stream.values().length) {
            return null;
        }
        byte[] id = new byte[idBytes];
        file.get(ID, id);
        return new Batch(new String(id, StandardCharsets.UTF_8), Stream.values()[stream], file.getLong(LOG_SIZE), file.getInt(BYTES),
                file.getInt(CHECKSUM));
    }

    /** The batch of this stream that an earlier daemon was killed over. */
    Optional<Batch> interrupted(String id, Stream stream) {
        return Optional.ofNullable(interrupted).filter(batch -> batch.id.equals(id) && batch.stream == stream);
    }

    /** Notes a batch before its records are written. */
    void begin(String id, Stream stream, long logSize, ByteBuffer text) {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        file.putInt(STREAM, stream.ordinal()).putInt(BYTES, text.remaining()).putInt(CHECKSUM, checksum(text)).putLong(LOG_SIZE, logSize)
                .putInt(ID_BYTES, name.length).put(ID, name).putInt(STATE, UNDER_WAY);
    }

    /** The text is out of the pipe. */
    void end() {
        file.putInt(STATE, 0);
    }

    private static int checksum(ByteBuffer text) {
        CRC32 crc = new CRC32();
        crc.update(text.duplicate());
        return (int) crc.getValue();
    }
}

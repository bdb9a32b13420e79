package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Syscall;
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
import org.jspecify.annotations.Nullable;

/**
 * What the pump has in hand, in a file that the kernel keeps when the daemon is killed: a page that tells of the batch, and behind it the text that has been
 * taken out of the pipe.
 *
 * <p>
 * The text of a batch stays in its pipe until its records are in the log, so that none is lost. A daemon that is killed in between leaves records of
 * text that the next one finds in the pipe again: those are taken back. One that is killed while it takes the text leaves records that stay, and
 * what it had not yet taken is dropped. How much that is the file's length tells: splice(2) takes out of the pipe what it puts here, also when it is
 * interrupted.
 */
final class LogJournal {
    private static final int SIZE = 4096;
    private static final int UNDER_WAY = 0x574c6a31;
    private static final int STATE = 0;
    private static final int STREAM = 4;
    private static final int BYTES = 8;
    private static final int LOG_SIZE = 16;
    private static final int ID_BYTES = 24;
    private static final int ID = 28;

    private final MappedByteBuffer file;
    private final Path path;
    private final @Nullable Batch interrupted;

    /**
     * A batch under way.
     *
     * @param id the container's
     * @param logSize the length of the log file before its records
     * @param bytes how much text
     * @param taken how much of it is out of the pipe: then all its records are in the log
     */
    record Batch(String id, Stream stream, long logSize, int bytes, int taken) {}

    private LogJournal(Path path, MappedByteBuffer file, int taken) {
        this.path = path;
        this.file = file;
        this.interrupted = read(file, taken);
        end();
    }

    /** Opens the journal of an earlier daemon, or a new one. */
    static LogJournal open(Path path) throws IOException {
        Files.createDirectories(Objects.requireNonNull(path.toAbsolutePath().getParent()));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int length = (int) Math.max(channel.size() - SIZE, 0);
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
            mapped.order(ByteOrder.nativeOrder());
            LogJournal journal = new LogJournal(path, mapped, length);
            channel.truncate(SIZE);
            return journal;
        }
    }

    private static @Nullable Batch read(ByteBuffer file, int taken) {
        int idBytes = file.getInt(ID_BYTES);
        int stream = file.getInt(STREAM);
        if (file.getInt(STATE) != UNDER_WAY || idBytes < 0 || idBytes > SIZE - ID || stream < 0 || stream >= Stream.values().length) {
            return null;
        }
        byte[] id = new byte[idBytes];
        file.get(ID, id);
        return new Batch(new String(id, StandardCharsets.UTF_8), Stream.values()[stream], file.getLong(LOG_SIZE), file.getInt(BYTES),
                taken);
    }

    /** The batch of this stream that an earlier daemon was killed over. */
    Optional<Batch> interrupted(String id, Stream stream) {
        return Optional.ofNullable(interrupted).filter(batch -> batch.id.equals(id) && batch.stream == stream);
    }

    /** Notes a batch before its records are written. */
    void begin(String id, Stream stream, long logSize, int bytes) {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        file.putInt(STREAM, stream.ordinal()).putInt(BYTES, bytes).putLong(LOG_SIZE, logSize)
                .putInt(ID_BYTES, name.length).put(ID, name).putInt(STATE, UNDER_WAY);
    }

    /** Opens the file for the text of batches, see {@link #end(Fd)}. */
    Fd openForText() throws IOException {
        Fd text = Syscall.openat(Fd.CWD, path.toString(), Fcntl.O_WRONLY, 0);
        try {
            FileIo.lseek(text, SIZE);
            return text;
        } catch (IOException e) {
            text.close();
            throw e;
        }
    }

    /** The text is out of the pipe, and not needed any more. */
    void end(Fd text) throws IOException {
        end();
        FileIo.ftruncate(text, SIZE);
        FileIo.lseek(text, SIZE);
    }

    private void end() {
        file.putInt(STATE, 0);
    }
}

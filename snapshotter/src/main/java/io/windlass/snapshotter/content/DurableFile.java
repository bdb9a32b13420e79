package io.windlass.snapshotter.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Small files that are there whole or not at all, also after a power cut: temporary file, fsync, rename, fsync of the directory. */
public final class DurableFile {
    /** The end of a temporary file's name; what has it is left over and may go. */
    public static final String TEMPORARY = ".tmp";

    private DurableFile() {}

    /** Writes or replaces {@code file}. Concurrent writers of one file must be kept apart by the caller. */
    public static void publish(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        rename(temporary, file);
    }

    /** Renames {@code from}, whose content is on disk already, to {@code to} in the same file system, and makes that durable. */
    public static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(to.resolveSibling("."));
    }

    /** Makes the names in {@code directory} durable. See fsync(2). */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}

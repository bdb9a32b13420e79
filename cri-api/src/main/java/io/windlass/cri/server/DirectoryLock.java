package io.windlass.cri.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second daemon out of a directory; the kernel lets go when the process ends, however it ends. */
final class DirectoryLock implements AutoCloseable {

    /** Another daemon has the directory. */
    static final class HeldException extends IOException {
        HeldException(String message) {
            super(message);
        }
    }

    private final FileChannel file;

    private DirectoryLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Takes the directory.
     *
     * @throws HeldException when another daemon has it
     */
    static DirectoryLock take(Path directory) throws IOException {
        PrivateDirectory.make(directory);
        FileChannel file = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (tryLock(file) == null) {
                throw new HeldException(
                        directory + " is in use by another windlass daemon: stop it or set other root and state directories");
            }
            return new DirectoryLock(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // a daemon in this very process
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

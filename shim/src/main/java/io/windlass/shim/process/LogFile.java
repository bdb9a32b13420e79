package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One container's log file, or none. Whole records go in, and where a write fails half-way the half is taken out again. */
final class LogFile implements AutoCloseable {
    private static final int FLAGS = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_APPEND | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK;
    private static final int MODE = 0640;

    private final @Nullable Path path;
    private @Nullable Fd fd;
    private long dropped;

    LogFile(@Nullable Path path) throws IOException {
        this.path = path;
        this.fd = open(path);
    }

    private static @Nullable Fd open(@Nullable Path path) throws IOException {
        return path == null ? null : Syscall.open(path.toString(), FLAGS, MODE);
    }

    synchronized void reopen() throws IOException {
        Fd fresh = open(path);
        Fd old = fd;
        fd = fresh;
        if (old != null) {
            old.close();
        }
    }

    /** Tells whether there is a file to write to. */
    synchronized boolean isThere() {
        return fd != null;
    }

    /** Writes whole records; those that cannot be written are counted as dropped. */
    synchronized void write(ByteBuffer records, int count) {
        Fd file = fd;
        if (file == null) {
            return;
        }
        int start = records.position();
        try {
            file.writeFully(records);
        } catch (IOException e) { // the container goes on; the count tells
            dropped += count;
            takeBack(file, records.position() - start);
        }
    }

    private static void takeBack(Fd file, int written) {
        if (written > 0) {
            try {
                FileIo.ftruncate(file, Syscall.fstat(file).size() - written);
            } catch (IOException e) {
                // a full or broken disk that cannot even shorten a file leaves one torn record, which readers pass over
            }
        }
    }

    synchronized long dropped() {
        return dropped;
    }

    @Override
    public synchronized void close() {
        if (fd != null) {
            fd.close();
            fd = null;
        }
    }
}

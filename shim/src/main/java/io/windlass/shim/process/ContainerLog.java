package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one container's output: a log file in CRI format, and taps for attached clients. The pump of {@link ContainerLogs} does the work.
 *
 * <p>
 * A line of the file is {@code TIME STREAM P|F TEXT}: RFC 3339 with nanoseconds and zone, stdout or stderr, P where the line goes on in the next record.
 */
public interface ContainerLog extends AutoCloseable {
    /** The two output streams; a terminal has only {@code OUT}. */
    enum Stream {
        OUT, ERR
    }

    /** Opens the log file anew under the same name, after the old one has been renamed. No line is lost or split. */
    void reopen() throws IOException;

    /**
     * Waits until everything the container wrote is in the file.
     *
     * @param max how long to wait for the end of the streams; what is in the pipes by then is still taken
     * @return whether the streams have ended
     */
    boolean drain(Duration max) throws InterruptedException;

    /**
     * Copies a stream from now on.
     *
     * @return the read end of a pipe, non-blocking, the caller's to close; while it is full the container's stream waits
     */
    Fd tap(Stream stream) throws IOException;

    /** Returns a copy of the container's standard input, non-blocking, the caller's to close; null where it has none. */
    @Nullable
    Fd stdin() throws IOException;

    /** Ends the container's standard input. Does nothing where it has none, or a terminal. */
    void closeStdin() throws IOException;

    /** Returns the lines that could not be written, for example because the disk was full. */
    long droppedLines();

    /** Stops following the container. */
    @Override
    void close();
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one container's output: a log file in CRI format, and taps for attached clients. The pump of {@link ContainerLogs} does the work.
 *
 * <p>
 * A record of the file is {@code TIME STREAM P|F TEXT}: RFC 3339 with nanoseconds and zone, stdout or stderr, P where the line goes on in the next
 * record. See KEP-2371 and the kubelet's log reader.
 */
public final class ContainerLog implements AutoCloseable {
    private static final int TAP_BYTES = 1024 * 1024;

    private final ContainerLogs pump;
    private final ShimProcess container;
    private final LogFile file;
    private final List<LogStream> streams;

    ContainerLog(ContainerLogs pump, ShimProcess container, LogFile file, List<LogStream> streams) {
        this.pump = pump;
        this.container = container;
        this.file = file;
        this.streams = List.copyOf(streams);
    }

    /** The two output streams; a terminal has only {@code OUT}. */
    public enum Stream {
        OUT, ERR
    }

    /** Opens the log file anew under the same name, after the old one has been renamed. No line is lost or split. */
    public void reopen() throws IOException {
        file.reopen();
    }

    /**
     * Waits until everything the container wrote is in the file.
     *
     * @param max how long to wait for the end of the streams; what is in the pipes by then is still taken
     * @return whether the streams have ended by themselves
     */
    public boolean drain(Duration max) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + max.toNanos();
        boolean all = true;
        for (LogStream stream : streams) {
            if (!stream.ended().await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                all = false;
                pump.finish(stream);
            }
        }
        return all;
    }

    /**
     * Copies a stream from now on.
     *
     * @return the read end of a pipe, non-blocking, the caller's to close; while it is full the container's stream waits
     * @throws IllegalArgumentException for ERR of a terminal
     */
    public Fd tap(Stream stream) throws IOException {
        for (LogStream candidate : streams) {
            if (candidate.name() == stream) {
                return candidate.tap(TAP_BYTES);
            }
        }
        throw new IllegalArgumentException("container " + container.id() + " has a terminal, and so no " + stream + " of its own");
    }

    /** Returns a copy of the container's standard input, non-blocking, the caller's to close; null where it has none. */
    public @Nullable Fd stdin() throws IOException {
        return container.copyOfStdin();
    }

    /** Ends the container's standard input. Does nothing where it has none, or a terminal. */
    public void closeStdin() throws IOException {
        container.closeStdin();
    }

    /** Sets the size of the container's terminal in characters; does nothing without a terminal. */
    public void resize(int columns, int rows) throws IOException {
        container.resize(new Terminal.Size(columns, rows));
    }

    /** Returns the records that could not be written, for example because the disk was full. */
    public long droppedLines() {
        return file.dropped();
    }

    List<LogStream> streams() {
        return streams;
    }

    /** Stops following the container. */
    @Override
    public void close() {
        pump.forget(container.id(), this);
        for (LogStream stream : streams) {
            stream.end();
        }
        file.close();
    }
}

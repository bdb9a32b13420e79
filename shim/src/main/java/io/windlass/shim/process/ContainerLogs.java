package io.windlass.shim.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pump: one thread that moves the output of all containers into their log files. */
public final class ContainerLogs implements AutoCloseable {
    /** The longest text of one record in bytes, as the peers have it. */
    public static final int DEFAULT_MAX_LINE = 16 * 1024;

    /** @param maxLine the longest text of one record in bytes; longer lines are parted */
    public ContainerLogs(int maxLine) throws IOException {
        if (maxLine < 1) {
            throw new IllegalArgumentException("log lines of at most " + maxLine + " bytes");
        }
    }

    /**
     * Follows a container that was started or adopted.
     *
     * @param logFile made with mode 0640 or appended to; null throws output away, but for taps
     */
    public ContainerLog attach(ShimProcess container, @Nullable Path logFile) throws IOException {
        throw new UnsupportedOperationException(container.id() + " " + logFile);
    }

    /** Finds a container that is followed. */
    public Optional<ContainerLog> find(String id) {
        return Optional.empty();
    }

    @Override
    public void close() {}
}

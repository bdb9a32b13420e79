package io.windlass.shim.process;

import java.io.IOException;
import java.util.function.Consumer;

/** Waits for all shims on one thread and tells of each exit once. */
public final class ExitWatcher implements AutoCloseable {
    private final Consumer<ExitStatus> exits;

    /** @param exits called on the watcher's thread, one exit at a time; it must not block for long */
    public ExitWatcher(Consumer<ExitStatus> exits) throws IOException {
        this.exits = exits;
    }

    /** Tells of this container's exit from now on, at once if it has already ended. */
    public void watch(ShimProcess container) throws IOException {
        throw new UnsupportedOperationException(container.id() + exits);
    }

    @Override
    public void close() {}
}

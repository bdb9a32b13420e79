package io.windlass.snapshotter.registry;

import java.io.IOException;

/** This node could not take a blob's bytes, as on a full disk: no other host, and no other attempt, would help. */
final class SinkException extends IOException {
    private static final long serialVersionUID = 1L;

    private final IOException failure;

    SinkException(IOException failure) {
        super(failure);
        this.failure = failure;
    }

    /** Returns what the sink threw. */
    IOException failure() {
        return failure;
    }
}

package io.windlass.cni;

import org.jspecify.annotations.Nullable;

/** A sandbox could not be attached to its network, or not be taken off it. The message names the network, the step and the way out. */
public final class NetworkException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What a caller may do about it. */
    public enum Kind {
        /** There is no usable network configuration: mend the configuration. CRI: Unavailable. */
        NOT_READY,
        /** The plugin asked to be tried again later (CNI error 11), or an endpoint is down. CRI: Unavailable. */
        TRY_AGAIN,
        /** No address is left. CRI: ResourceExhausted. */
        EXHAUSTED,
        /** A plugin was killed at its deadline. CRI: DeadlineExceeded. */
        TIMEOUT,
        /** The request itself can never be met. CRI: InvalidArgument. */
        INVALID,
        /** What is asked for, a host port, belongs to another sandbox: stop that one. CRI: FailedPrecondition. */
        IN_USE,
        /** Anything else that failed. CRI: Internal. */
        FAILED
    }

    private final Kind kind;

    public NetworkException(Kind kind, String message) {
        this(kind, message, null);
    }

    public NetworkException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}

package io.windlass.cri.container;

import io.windlass.cri.v1.ContainerState;

/**
 * Where a container is in its life, and what is known of its end.
 *
 * <pre>
 *              program runs                 program ended
 *   Created ──────────────────▶ Running ──────────────────▶ Exited ──▶ removed
 *      │                                                      ▲
 *      └──────────────────────────────────────────────────────┘
 *                 could not be started: code 128, StartError
 * </pre>
 *
 * All times are nanoseconds since the epoch, and no container ends before it was started: the clock may have been set back meanwhile.
 */
public sealed interface ContainerLife {
    String COMPLETED = "Completed";
    String ERROR = "Error";
    String OOM_KILLED = "OOMKilled";
    String START_ERROR = "StartError";

    /** The exit code of a container whose program could not be started, as users of the peers know it. */
    int START_ERROR_CODE = 128;

    String UNKNOWN = "Unknown";
    int UNKNOWN_CODE = 255;

    /** Made, and nothing of it has run. */
    record Created() implements ContainerLife {}

    /** Its program runs, under this shim. */
    record Running(long startedAt, ShimRef shim) implements ContainerLife {}

    /**
     * Its program has ended.
     *
     * @param startedAt 0 if it was never started
     * @param code the exit code, or 128 and the number of the signal that ended it
     * @param reason one word
     * @param message for people; may be empty
     */
    record Exited(long startedAt, long finishedAt, int code, String reason, String message) implements ContainerLife {
        public Exited {
            finishedAt = Math.max(finishedAt, startedAt);
        }
    }

    /** Returns the life of a container that has been started now. */
    default ContainerLife started(long now, ShimRef shim) {
        return switch (this) {
            case Created() -> new Running(now, shim);
            case Running _,Exited _ -> throw new IllegalStateException("a container that is " + state() + " cannot be started");
        };
    }

    /** Returns the life of a container that could not be started. */
    default ContainerLife startFailed(long now, String message) {
        return switch (this) {
            case Created() -> new Exited(0, now, START_ERROR_CODE, START_ERROR, message);
            case Running _,Exited _ -> throw new IllegalStateException("a container that is " + state() + " was started already");
        };
    }

    /** Returns the life of a container whose program has ended; an end that is known already stays. */
    default ContainerLife exited(long now, int code, boolean oomKilled) {
        var reason = oomKilled && code != 0 ? OOM_KILLED : code == 0 ? COMPLETED : ERROR;
        return switch (this) {
            case Created() -> new Exited(0, now, code, reason, "");
            case Running running -> new Exited(running.startedAt(), now, code, reason, "");
            case Exited exited -> exited;
        };
    }

    /** Returns the life of a container whose end nobody saw: neither a shim nor its record is there. */
    default ContainerLife lost(long now) {
        return switch (this) {
            case Running running ->
                new Exited(running.startedAt(), now, UNKNOWN_CODE, UNKNOWN, "the node went down, or the shim was killed");
            case Created _,Exited _ -> this;
        };
    }

    /** Returns the state as a client sees it. */
    default ContainerState state() {
        return switch (this) {
            case Created() -> ContainerState.CONTAINER_CREATED;
            case Running _ -> ContainerState.CONTAINER_RUNNING;
            case Exited _ -> ContainerState.CONTAINER_EXITED;
        };
    }

    /** Returns the word for the state in messages. */
    default String word() {
        return switch (this) {
            case Created() -> "created";
            case Running _ -> "running";
            case Exited _ -> "exited";
        };
    }
}

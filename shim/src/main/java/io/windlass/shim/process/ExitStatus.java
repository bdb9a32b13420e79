package io.windlass.shim.process;

import java.time.Instant;

/**
 * How a container, or a process executed in it, ended.
 *
 * @param id the container's id as given to {@link Launcher#start}
 * @param code the exit code; 128 + the signal's number where a signal ended it
 * @param signal the number of the signal, or 0
 * @param finishedAt when the shim saw it end; when the daemon saw the shim gone where no record was left
 */
public record ExitStatus(String id, int code, int signal, Instant finishedAt) {
    private static final int SIGNALLED = 128;

    /** From a status of wait(2). */
    static ExitStatus ofWaitStatus(String id, int status, Instant finishedAt) {
        int signal = status & 0x7f;
        return new ExitStatus(id, signal == 0 ? (status >> 8) & 0xff : SIGNALLED + signal, signal, finishedAt);
    }

    /** For a container whose shim was killed: it is killed too, and nobody saw how it ended. */
    static ExitStatus lost(String id, Instant finishedAt) {
        return new ExitStatus(id, SIGNALLED + 9, 9, finishedAt);
    }
}

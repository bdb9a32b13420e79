package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import java.io.IOException;

/**
 * A container or exec that could not be started: the step that failed, and why.
 *
 * <p>
 * The message reads like strace: {@code exec "/bin/nope": ENOENT (no such file or directory)}. The cause is the call that failed.
 */
public final class LaunchException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String step;
    private final int errno;
    private final boolean command;

    LaunchException(String step, int errno, boolean command) {
        super(errno == 0 ? step : step + ": " + Errno.describe(errno), errno == 0 ? null : new ErrnoException(step, errno));
        this.step = step;
        this.errno = errno;
        this.command = command;
    }

    /** Returns what was being done, for example {@code "mount /data"}. */
    public String step() {
        return step;
    }

    /** Returns the positive error number; 0 where the shim itself refused. */
    public int errno() {
        return errno;
    }

    /** Tells whether everything was ready and only the command itself could not be executed (missing, not executable, not a program). */
    public boolean isCommand() {
        return command;
    }
}

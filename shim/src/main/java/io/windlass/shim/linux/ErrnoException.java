package io.windlass.shim.linux;

import java.io.IOException;

/**
 * A system call that failed: its name, what it was asked to do, and {@code errno}.
 *
 * <p>
 * The message reads like strace: {@code mount /data: ENOENT (no such file or directory)}. See errno(3).
 */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * @param call the system call and what it was applied to, for example {@code "openat2 /etc/passwd"}
     * @param errno the positive error number
     */
    public ErrnoException(String call, int errno) {
        super(call + ": " + Errno.describe(errno));
        this.call = call;
        this.errno = errno;
    }

    /** Returns the system call and its object, without the error. */
    public String call() {
        return call;
    }

    /** Returns the positive error number, one of the constants of {@link Errno}. */
    public int errno() {
        return errno;
    }
}

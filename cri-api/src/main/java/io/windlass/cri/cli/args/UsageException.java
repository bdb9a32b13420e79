package io.windlass.cri.cli.args;

/** A command line that is not understood; the message says why and where to read on. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** An error with its reason. */
    public UsageException(String message) {
        super(message);
    }
}

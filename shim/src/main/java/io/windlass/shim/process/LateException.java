package io.windlass.shim.process;

import java.io.IOException;

/** A command's time was over before it was executed; it never will be. */
final class LateException extends IOException {
    private static final long serialVersionUID = 1L;

    LateException() {
        super("command was not executed in time");
    }
}

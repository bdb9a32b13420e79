package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;

/**
 * The streams a client asks for.
 *
 * @param stdin  the client sends input
 * @param stdout the client takes output
 * @param stderr the client takes errors apart from output
 * @param tty    all three are one terminal
 */
public record Wanted(boolean stdin, boolean stdout, boolean stderr, boolean tty) {

    /** Refuses what can never be streamed, with {@code INVALID_ARGUMENT}. */
    public Wanted {
        if (tty && stderr) {
            throw CriException.invalidArgument("tty and stderr cannot both be true: a terminal has one output");
        }
        if (!stdin && !stdout && !stderr) {
            throw CriException.invalidArgument("no stream: one of stdin, stdout and stderr must be true");
        }
    }
}

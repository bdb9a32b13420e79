package io.windlass.cri.cli;

import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Usage;

/** One verb of the command line. */
interface Verb {

    /** What it takes, and its help. */
    Usage usage();

    /**
     * Does it.
     *
     * @return the exit code
     * @throws Exception whatever went wrong; {@link Failures} makes a line of it
     */
    int run(Arguments arguments, Output out) throws Exception;
}

package io.windlass.cni;

/**
 * How a plugin's process ended.
 *
 * @param exit what the kernel said
 * @param stdout what it wrote, at most {@link #MAX_OUTPUT} bytes
 * @param stderr likewise
 */
record PluginOutcome(Exit exit, byte[] stdout, byte[] stderr) {

    /** Bytes of an output stream that are read. */
    static final int MAX_OUTPUT = 1 << 20;

    /** An end of a process. */
    sealed interface Exit {
        record Exited(int code) implements Exit {}

        record Signaled(int signal) implements Exit {}

        /** It wrote more than {@link #MAX_OUTPUT} bytes and was killed. */
        record TooMuchOutput() implements Exit {}

        /** It ran into its deadline and was killed with its process group. */
        record DeadlineExceeded(long millis) implements Exit {}
    }

    boolean succeeded() {
        return exit instanceof Exit.Exited(int code) && code == 0;
    }
}

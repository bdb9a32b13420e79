package io.windlass.shim.process;

/** The log of a thread that must not end: where memory has run out, there may be none for a line either. */
record ThreadLog(System.Logger logger) {

    static ThreadLog of(Class<?> owner) {
        return new ThreadLog(System.getLogger(owner.getName()));
    }

    void log(System.Logger.Level level, String message, Throwable cause) {
        try {
            logger.log(level, message, cause);
        } catch (RuntimeException | Error unlogged) {
            // nobody can be told
        }
    }
}

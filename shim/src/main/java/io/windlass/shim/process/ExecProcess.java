package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A running command in a container, with its streams. All descriptors are non-blocking and the caller's to close. */
public interface ExecProcess extends AutoCloseable {
    /** Which streams are wanted; the others are /dev/null. With a terminal stderr is not there. */
    record Streams(boolean stdin, boolean stdout, boolean stderr) {}

    /** Returns the number of the process in the host's PID namespace. */
    int pid();

    /** Returns the write end of standard input, or a copy of the terminal's master; null where it is not wanted. */
    @Nullable
    Fd stdin();

    /** Returns the read end of standard output, or a copy of the terminal's master; null where it is not wanted. */
    @Nullable
    Fd stdout();

    /** Returns the read end of standard error; null where it is not wanted or there is a terminal. */
    @Nullable
    Fd stderr();

    /** Sets the terminal's size in characters; does nothing without a terminal. */
    void resize(int columns, int rows) throws IOException;

    /**
     * Sends a signal to the command.
     *
     * @return false where it has ended
     */
    boolean signal(int signal) throws IOException;

    /**
     * From now on what comes from an output is read and thrown away, until its end: the command has ended, but others may still write to it, and
     * shall live on. The descriptor itself stays the caller's. Does nothing for a terminal.
     */
    void leave(Fd output) throws IOException;

    /** Completes when the command has ended. */
    CompletableFuture<ExitStatus> exit();

    /** The client has gone: kills the command if it runs. It is reaped in any case. */
    @Override
    void close();
}

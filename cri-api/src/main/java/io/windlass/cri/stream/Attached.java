package io.windlass.cri.stream;

import io.windlass.shim.linux.Fd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The container's ends of one exec or attach. The descriptors are non-blocking; they belong to the caller, who closes each of them. A
 * terminal is two descriptors of the same master: input and output.
 */
public interface Attached extends AutoCloseable {

    /** Where the client's input goes, null if none is wanted or there is none. */
    @Nullable
    Fd stdin();

    /** Where output comes from, null if none is wanted. */
    @Nullable
    Fd stdout();

    /** Where errors come from, null if none are wanted or they come with the output. */
    @Nullable
    Fd stderr();

    /** Sets the terminal's size, each 1 to 65535; nothing without a terminal. See ioctl_tty(2), TIOCSWINSZ. */
    void resize(int columns, int rows);

    /** The exit code, 128 + N for signal N, once the process has ended. */
    CompletionStage<Integer> exit();

    /** Completes when the container takes no more input although this client has more. */
    default CompletionStage<Void> inputOver() {
        return new CompletableFuture<>();
    }

    /**
     * The client has ended its input, all of which is written and whose descriptor is closed. An attach closes the container's own input here
     * if it was created with stdin_once.
     *
     * @return whether the streams go on; an attach that could only have waited for more input does not
     */
    boolean inputEnded();

    /** An output is about to be closed that others may still write to although the process has ended. */
    default void left(Fd output) {}

    /** The client is gone or served: an exec that runs is killed with what it has started, an attach leaves the container alone. May block shortly. */
    @Override
    void close();
}

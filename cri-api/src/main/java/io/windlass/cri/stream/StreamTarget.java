package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;
import java.io.IOException;
import java.util.List;

/**
 * The container side of streaming. All methods may block; they are called on threads made for that.
 *
 * <pre>
 * try (Attached attached = target.exec(id, List.of("cat"), new Wanted(true, true, true, false))) {
 *     attached.stdin();          // written by the server, closed when the client ends its input
 *     attached.exit().thenAccept(code -> …);
 * }                              // the client is gone: so is the process
 * </pre>
 */
public interface StreamTarget {

    /**
     * The full id of a container that runs.
     *
     * @throws CriException NOT_FOUND without such a container, FAILED_PRECONDITION where it does not run
     */
    String runningContainer(String id);

    /**
     * The full id of a sandbox that is ready.
     *
     * @throws CriException NOT_FOUND without such a sandbox, FAILED_PRECONDITION where it is not ready
     */
    String readySandbox(String id);

    /**
     * Starts a command in a container.
     *
     * @throws CriException as {@link #runningContainer}
     * @throws IOException  when the command cannot be started; the message names it
     */
    Attached exec(String containerId, List<String> command, Wanted wanted) throws IOException;

    /**
     * Joins a container's own streams; its output is seen from now on.
     *
     * @throws CriException as {@link #runningContainer}
     */
    Attached attach(String containerId, Wanted wanted) throws IOException;

    /**
     * Connects to a port of a sandbox's loopback address, IPv4 first.
     *
     * @param port 1 to 65535
     * @throws CriException as {@link #readySandbox}
     * @throws IOException  when nobody listens; the message names sandbox and port
     */
    Dialed dial(String sandboxId, int port) throws IOException;
}

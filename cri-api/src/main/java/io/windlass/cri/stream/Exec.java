package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.ExecRequest;
import io.windlass.cri.v1.ExecResponse;

/** RPC Exec: a URL that starts a command in a container and streams it. */
public final class Exec {

    private final StreamServer server;
    private final StreamTarget target;

    /** Hands out URLs of a server for containers of a target. */
    public Exec(StreamServer server, StreamTarget target) {
        this.server = server;
        this.target = target;
    }

    /**
     * Answers the call.
     *
     * @throws CriException INVALID_ARGUMENT for a request without stream or command, with tty and stderr; NOT_FOUND, FAILED_PRECONDITION for
     *                      containers that are not there or do not run; RESOURCE_EXHAUSTED while too many URLs are unused
     */
    public ExecResponse call(ExecRequest request) {
        Wanted wanted = new Wanted(request.getStdin(), request.getStdout(), request.getStderr(), request.getTty());
        if (request.getCmdCount() == 0) {
            throw CriException.invalidArgument("no command: cmd is empty");
        }
        String id = target.runningContainer(ContainerIds.required(request.getContainerId(), "container_id"));
        return ExecResponse.newBuilder().setUrl(server.url(new StreamRequest.Exec(id, request.getCmdList(), wanted))).build();
    }
}

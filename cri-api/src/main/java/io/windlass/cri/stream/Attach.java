package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.AttachRequest;
import io.windlass.cri.v1.AttachResponse;

/** RPC Attach: a URL that joins a container's own streams. */
public final class Attach {

    private final StreamServer server;
    private final StreamTarget target;

    /** Hands out URLs of a server for containers of a target. */
    public Attach(StreamServer server, StreamTarget target) {
        this.server = server;
        this.target = target;
    }

    /**
     * Answers the call.
     *
     * @throws CriException INVALID_ARGUMENT for a request without stream, with tty and stderr; NOT_FOUND, FAILED_PRECONDITION for containers
     *                      that are not there or do not run; RESOURCE_EXHAUSTED while too many URLs are unused
     */
    public AttachResponse call(AttachRequest request) {
        Wanted wanted = new Wanted(request.getStdin(), request.getStdout(), request.getStderr(), request.getTty());
        String id = target.runningContainer(ContainerIds.required(request.getContainerId(), "container_id"));
        return AttachResponse.newBuilder().setUrl(server.url(new StreamRequest.Attach(id, wanted))).build();
    }
}

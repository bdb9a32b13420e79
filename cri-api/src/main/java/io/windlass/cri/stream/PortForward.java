package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.PortForwardRequest;
import io.windlass.cri.v1.PortForwardResponse;

/** RPC PortForward: a URL that forwards connections to ports of a pod. */
public final class PortForward {

    private static final int MAX_PORT = 65535;
    /** A WebSocket client has a pair of channels for each port, and numbers them with one byte. */
    private static final int MAX_PORTS = 127;

    private final StreamServer server;
    private final StreamTarget target;

    /** Hands out URLs of a server for sandboxes of a target. */
    public PortForward(StreamServer server, StreamTarget target) {
        this.server = server;
        this.target = target;
    }

    /**
     * Answers the call. The ports are those of clients that use WebSocket channels; others name them when they connect.
     *
     * @throws CriException INVALID_ARGUMENT for a port outside 1 to 65535; NOT_FOUND, FAILED_PRECONDITION for sandboxes that are not there or
     *                      not ready; RESOURCE_EXHAUSTED while too many URLs are unused
     */
    public PortForwardResponse call(PortForwardRequest request) {
        for (int port : request.getPortList()) {
            if (port < 1 || port > MAX_PORT) {
                throw CriException.invalidArgument("port " + port + " is not one of 1 to " + MAX_PORT);
            }
        }
        if (request.getPortCount() > MAX_PORTS) {
            throw CriException.invalidArgument(request.getPortCount() + " ports are too many: at most " + MAX_PORTS);
        }
        String id = target.readySandbox(ContainerIds.required(request.getPodSandboxId(), "pod_sandbox_id"));
        return PortForwardResponse.newBuilder().setUrl(server.url(new StreamRequest.PortForward(id, request.getPortList()))).build();
    }
}

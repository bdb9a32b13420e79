package io.windlass.cri.stream;

import java.util.List;

/** What was asked for over the CRI socket, waiting for its client to connect. */
sealed interface StreamRequest {

    /** The only verb whose URL serves this request. */
    Verb verb();

    /** A command to start in a container. */
    record Exec(String containerId, List<String> command, Wanted wanted) implements StreamRequest {
        public Exec {
            command = List.copyOf(command);
        }

        @Override
        public Verb verb() {
            return Verb.EXEC;
        }
    }

    /** A container's own streams. */
    record Attach(String containerId, Wanted wanted) implements StreamRequest {
        @Override
        public Verb verb() {
            return Verb.ATTACH;
        }
    }

    /**
     * Ports of a pod.
     *
     * @param ports the ports of a WebSocket client; a SPDY client names them itself, stream by stream
     */
    record PortForward(String sandboxId, List<Integer> ports) implements StreamRequest {
        public PortForward {
            ports = List.copyOf(ports);
        }

        @Override
        public Verb verb() {
            return Verb.PORT_FORWARD;
        }
    }
}

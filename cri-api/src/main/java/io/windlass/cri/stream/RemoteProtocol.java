package io.windlass.cri.stream;

import java.util.Arrays;
import java.util.Optional;

/** Versions of the protocol of exec and attach, as clients name them. */
enum RemoteProtocol {
    /** What a client gets that asks for none. */
    V1("channel.k8s.io"), V2("v2.channel.k8s.io"),
    /** With a stream of terminal sizes. */
    V3("v3.channel.k8s.io"),
    /** With the exit code as a status. */
    V4("v4.channel.k8s.io"),
    /** With a signal for the end of one stream; WebSocket only. */
    V5("v5.channel.k8s.io");

    private final String label;

    RemoteProtocol(String label) {
        this.label = label;
    }

    /** The name in headers. */
    String label() {
        return label;
    }

    /** Whether a client with a terminal opens a stream of sizes. */
    boolean resizes() {
        return compareTo(V3) >= 0;
    }

    /** Whether the outcome is a JSON status. */
    boolean structuredStatus() {
        return compareTo(V4) >= 0;
    }

    /** The version of a name. */
    static Optional<RemoteProtocol> of(String label) {
        return Arrays.stream(values()).filter(version -> version.label.equals(label)).findFirst();
    }
}

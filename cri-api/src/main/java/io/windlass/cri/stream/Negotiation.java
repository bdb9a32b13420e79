package io.windlass.cri.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The choice of one of the protocols a client offers, its favourite first. */
final class Negotiation {

    /** What SPDY clients may speak for exec and attach. */
    static final List<String> SPDY_COMMAND = List.of("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io");

    /** What SPDY clients may speak for port-forward. */
    static final List<String> SPDY_PORT_FORWARD = List.of("portforward.k8s.io");

    /** The port-forward of WebSocket clients that carry SPDY inside. */
    static final String TUNNEL = "SPDY/3.1+portforward.k8s.io";

    /** What WebSocket clients may speak for exec and attach; "" for those that name nothing. */
    static final List<String> WEB_SOCKET_COMMAND = List.of("v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io",
            "v4.base64.channel.k8s.io", "base64.channel.k8s.io", "");

    /** What WebSocket clients may speak for port-forward; "" for those that name nothing. */
    static final List<String> WEB_SOCKET_PORT_FORWARD = List.of(TUNNEL, "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "");

    private Negotiation() {}

    /** The names in headers that hold lists with commas. */
    static List<String> names(List<String> headers) {
        List<String> names = new ArrayList<>();
        for (String header : headers) {
            for (String name : header.split(",", -1)) {
                if (!name.isBlank()) {
                    names.add(name.strip());
                }
            }
        }
        return names;
    }

    /** The first of the client's names that the server has, too. */
    static Optional<String> choose(List<String> client, List<String> server) {
        return client.stream().filter(server::contains).findFirst();
    }
}

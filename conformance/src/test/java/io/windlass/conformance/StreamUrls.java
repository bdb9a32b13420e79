package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.cri.v1.AttachRequest;
import io.windlass.cri.v1.ExecRequest;
import io.windlass.cri.v1.PortForwardRequest;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The URLs of streams, as a kubelet would ask for them. */
final class StreamUrls {
    private StreamUrls() {}

    /** A named difference: of the versions with WebSocket, containerd 1.6 speaks only those that cannot end the input. */
    static void assumeSpoken(Node node, Transport transport) {
        Assumptions.assumeTrue(transport == Transport.SPDY || !node.runtime().name().equals("containerd"), "version 5 is not spoken");
    }

    static String exec(Node node, PodContainer container, String script) {
        return exec(node, ExecRequest.newBuilder().setContainerId(container.id()).addAllCmd(List.of("sh", "-c", script)).setStdin(true)
                .setStdout(true).setStderr(true).build());
    }

    static String terminal(Node node, PodContainer container, String script) {
        return exec(node, ExecRequest.newBuilder().setContainerId(container.id()).addAllCmd(List.of("sh", "-c", script)).setStdin(true)
                .setStdout(true).setTty(true).build());
    }

    static String exec(Node node, ExecRequest request) {
        return node.cri().runtime().exec(request).getUrl();
    }

    static String attach(Node node, PodContainer container, boolean tty) {
        return node.cri().runtime().attach(AttachRequest.newBuilder().setContainerId(container.id()).setStdin(true).setStdout(true)
                .setStderr(!tty).setTty(tty).build()).getUrl();
    }

    static String portForward(Node node, Pod pod, int port) {
        return node.cri().runtime().portForward(PortForwardRequest.newBuilder().setPodSandboxId(pod.id()).addPort(port).build()).getUrl();
    }
}

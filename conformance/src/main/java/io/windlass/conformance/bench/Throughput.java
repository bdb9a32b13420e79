package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.StreamClient;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.cri.v1.AttachRequest;
import io.windlass.cri.v1.ExecRequest;
import io.windlass.cri.v1.PortForwardRequest;
import java.io.IOException;
import java.util.List;

/** How fast bytes flow between a container and a client on the same machine that only counts them, in millions a second. */
final class Throughput {
    private static final long MIB = Long.getLong("bench.mib", 1024);
    private static final long BYTES = MIB << 20;
    /** Of 64 KiB each. */
    private static final long RECORDS = 16 * MIB;
    private static final int PORT = 7777;
    /** What the usual clients send at a time. */
    private static final byte[] BLOCK = new byte[32 << 10];
    private static final String SOURCE = "dd if=/dev/zero bs=64k count=" + RECORDS + " 2>/dev/null";
    private static final String SINK = "dd of=/dev/null bs=64k iflag=fullblock";
    private static final String[] STREAMS = {"error", "stdin", "stdout", "stderr"};

    /** What bytes go through; what an attached client sees goes into the container's log too, but where that is said. */
    enum Way {
        EXEC_OUT("exec, output"), EXEC_IN("exec, input"), ATTACH_OUT("attach, output"), ATTACH_OUT_ALONE(
                "attach, output that is not logged"), ATTACH_IN("attach, input"), FORWARD_OUT(
                        "port-forward, from the pod"), FORWARD_IN("port-forward, to the pod");

        final String words;

        Way(String words) {
            this.words = words;
        }
    }

    private final Node node;
    private final Transport transport;

    Throughput(Node node, Transport transport) {
        this.node = node;
        this.transport = transport;
    }

    double measure(Way way) throws IOException {
        try (Pod pod = Pod.run(node)) {
            long nanos = switch (way) {
                case EXEC_OUT -> output(exec(pod, SOURCE));
                case EXEC_IN -> input(exec(pod, SINK));
                case ATTACH_OUT -> {
                    FreeMemory.touch(node, 2 * BYTES);
                    yield output(attach(pod, "read go; " + SOURCE, true));
                }
                case ATTACH_OUT_ALONE -> output(attach(pod, "read go; " + SOURCE, false));
                case ATTACH_IN -> input(attach(pod, SINK, true));
                case FORWARD_OUT -> fromPod(forward(pod, SOURCE));
                case FORWARD_IN -> toPod(forward(pod, SINK + " count=" + RECORDS + " 2>/dev/null; echo all"));
            };
            return BYTES * 1e3 / nanos;
        }
    }

    private String exec(Pod pod, String script) {
        return node.cri().runtime().exec(ExecRequest.newBuilder().setContainerId(pod.script("sleep 100000").id())
                .addAllCmd(List.of("sh", "-c", script)).setStdin(true).setStdout(true).setStderr(true).build()).getUrl();
    }

    private String attach(Pod pod, String script, boolean logged) {
        PodContainer container = pod.start(c -> {
            c.setStdin(true).setStdinOnce(true).addAllCommand(List.of("sh", "-c", script));
            if (!logged) {
                c.clearLogPath();
            }
        });
        return node.cri().runtime().attach(AttachRequest.newBuilder().setContainerId(container.id()).setStdin(true).setStdout(true)
                .setStderr(true).build()).getUrl();
    }

    private String forward(Pod pod, String script) {
        pod.script("nc -ll -p " + PORT + " -e sh -c '" + script + "' & while ! netstat -ltn | grep -q ':" + PORT
                + " '; do :; done; echo listening; wait").awaitLog("listening");
        return node.cri().runtime().portForward(PortForwardRequest.newBuilder().setPodSandboxId(pod.id()).addPort(PORT).build())
                .getUrl();
    }

    private long output(String url) throws IOException {
        long begin = System.nanoTime();
        try (StreamClient client = StreamClient.command(transport, url, STREAMS).counting()) {
            client.send("stdin", "go\n");
            client.readToEnd();
            long nanos = System.nanoTime() - begin;
            whole(client.count("stdout"));
            return nanos;
        }
    }

    private long input(String url) throws IOException {
        long begin = System.nanoTime();
        try (StreamClient client = StreamClient.command(transport, url, STREAMS)) {
            send(client, "stdin");
            client.end("stdin");
            client.readToEnd();
            long nanos = System.nanoTime() - begin;
            if (!client.text("stderr").contains(RECORDS + "+0 records in")) {
                throw new IOException("not all input was read: " + client.text("stderr"));
            }
            return nanos;
        }
    }

    private long fromPod(String url) throws IOException {
        long begin = System.nanoTime();
        try (StreamClient client = StreamClient.port(transport, url, PORT).counting()) {
            client.readUntil("data", BYTES);
            return System.nanoTime() - begin;
        }
    }

    private long toPod(String url) throws IOException {
        long begin = System.nanoTime();
        try (StreamClient client = StreamClient.port(transport, url, PORT)) {
            send(client, "data");
            client.readUntil("data", "all");
            return System.nanoTime() - begin;
        }
    }

    private static void send(StreamClient client, String stream) throws IOException {
        for (long sent = 0; sent < BYTES; sent += BLOCK.length) {
            client.send(stream, BLOCK);
        }
    }

    private static void whole(long bytes) throws IOException {
        if (bytes != BYTES) {
            throw new IOException(bytes + " of " + BYTES + " bytes came");
        }
    }
}

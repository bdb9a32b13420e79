package io.windlass.conformance.bench;

import io.windlass.conformance.bench.PodTimes.Call;
import io.windlass.conformance.bench.Throughput.Way;
import io.windlass.conformance.fixture.DaemonMemory;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.StreamClient.Transport;
import io.windlass.cri.v1.VersionRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Set;

/** Measures this project's daemon and Debian's containerd in turn and prints markdown tables.
 *
 * <p>{@code -Dbench.rounds=5 -Dbench.pods=10}: in each round so many pods, one after the other, on one and then on the other.
 * {@code -Dbench.memory=50}: pods at rest while memory is read. {@code -Dcri.network=plugins}: ours with the CNI plugins too.
 * {@code -Dbench.mib=1024 -Dbench.log=8}: what flows through each stream, and how many times 64 MiB of log lines.
 * {@code -Dbench.layer=64}: MiB of each of three layers of an image that is pulled in each round. {@code -Dbench.parts=pods,bytes,pulls,floors}: only these. */
public final class Benchmark {
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int PODS = Integer.getInteger("bench.pods", 10);
    private static final int MEMORY_PODS = Integer.getInteger("bench.memory", 50);
    private static final Set<String> PARTS = Set.of(System.getProperty("bench.parts", "pods,bytes,pulls,floors").split(","));
    private static final int WARMING_CALLS = 5000;
    private static final double MIB = 1 << 20;
    private static final double KIB = 1 << 10;

    private final PrintStream out;

    private Benchmark(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        new Benchmark(System.out).run(NodeOptions.fromProperties());
    }

    private void run(NodeOptions options) throws Exception {
        try (Node ours = Node.open(options.withRuntime("windlass"));
                Node theirs = Node.open(options.withRuntime("containerd").withNetwork(Network.PLUGINS))) {
            if (PARTS.contains("pods")) {
                pods(options.network(), ours, theirs);
            }
            if (PARTS.contains("bytes")) {
                bytes(ours, theirs);
            }
            if (PARTS.contains("pulls")) {
                pulls(ours, theirs);
            }
        }
        if (PARTS.contains("floors")) {
            out.printf("%n| floor | ms |%n|---|---:|%n");
            Floors.measure().forEach((what, ms) -> out.printf(Locale.ROOT, "| %s | %.2f |%n", what, ms));
        }
    }

    private void pods(Network network, Node ours, Node theirs) throws IOException {
        warm(ours);
        warm(theirs);
        PodTimes our = new PodTimes();
        PodTimes their = new PodTimes();
        for (int round = 0; round < ROUNDS; round++) {
            measure(ours, our);
            measure(theirs, their);
        }
        times(network, our, their);
        memory(PodMemory.measure(ours, MEMORY_PODS), PodMemory.measure(theirs, MEMORY_PODS));
    }

    /** Also the client, which is no part of what is measured: by calls that cost a daemon nothing. */
    private static void warm(Node node) throws IOException {
        for (int i = 0; i < WARMING_CALLS; i++) {
            node.cri().runtime().version(VersionRequest.getDefaultInstance());
        }
        measure(node, new PodTimes());
    }

    private static void measure(Node node, PodTimes times) throws IOException {
        for (int i = 0; i < PODS; i++) {
            times.measure(node);
        }
    }

    private void times(Network network, PodTimes our, PodTimes their) {
        String net = network == Network.BUILT_IN ? "built-in bridge" : "CNI plugins";
        out.printf("| median of %d pods, ms | Windlass (%s) | containerd (CNI plugins) | ratio |%n|---|---:|---:|---:|%n",
                our.count(Call.POD_UP), net);
        for (Call call : Call.values()) {
            double ours = our.median(call);
            double theirs = their.median(call);
            out.printf(Locale.ROOT, "| %s | %.1f | %.1f | %.1f |%n", call.words, ours, theirs, theirs / ours);
        }
    }

    private void memory(PodMemory ours, PodMemory theirs) {
        out.printf("%n| memory at %d pods of one container | Windlass | containerd |%n|---|---:|---:|%n", ours.pods());
        row("beside the container, a pod (PSS), KiB", ours.processes() / KIB, theirs.processes() / KIB);
        row("of the kernel, a pod with its container, KiB", ours.kernel() / KIB, theirs.kernel() / KIB);
        row("daemon (RSS) before, MiB", ours.daemonBefore() / MIB, theirs.daemonBefore() / MIB);
        row("daemon (RSS) with them, MiB", ours.daemonWith() / MIB, theirs.daemonWith() / MIB);
    }

    private void row(String what, double ours, double theirs) {
        out.printf(Locale.ROOT, "| %s | %.1f | %.1f |%n", what, ours, theirs);
    }

    private void pulls(Node ours, Node theirs) throws IOException {
        PullTimes.Size size = PullTimes.push(ours, theirs);
        PullTimes our = new PullTimes();
        PullTimes their = new PullTimes();
        for (int round = 0; round < ROUNDS; round++) {
            our.measure(ours);
            their.measure(theirs);
        }
        out.printf(Locale.ROOT, "%n| median of %d pulls | Windlass | containerd | ratio |%n|---|---:|---:|---:|%n", ROUNDS);
        out.printf(Locale.ROOT, "| PullImage, %.0f MiB in 3 layers that unpack to %.0f, s | %.2f | %.2f | %.1f |%n", size.fetched() / MIB,
                size.unpacked() / MIB, our.median(), their.median(), their.median() / our.median());
    }

    private void bytes(Node ours, Node theirs) throws IOException {
        out.printf("%n| MB/s | Windlass, SPDY | Windlass, WebSocket | containerd, SPDY |%n|---|---:|---:|---:|%n");
        DaemonMemory.forgetPeak(ours);
        DaemonMemory.forgetPeak(theirs);
        for (Way way : Way.values()) {
            out.printf("| %s | %s | %s | %s |%n", way.words, rate(ours, Transport.SPDY, way),
                    rate(ours, Transport.WEB_SOCKET, way), rate(theirs, Transport.SPDY, way));
        }
        out.printf(Locale.ROOT, "| log of 127-byte lines | %.0f | | %.0f |%n", LogThroughput.measure(ours), LogThroughput.measure(theirs));
        out.printf(Locale.ROOT, "| daemon (RSS) at most meanwhile, MiB | %.0f | | %.0f |%n", DaemonMemory.peak(ours) / MIB,
                DaemonMemory.peak(theirs) / MIB);
    }

    /** A stream that breaks is a row too. */
    private static String rate(Node node, Transport transport, Way way) {
        try {
            return String.format(Locale.ROOT, "%.0f", new Throughput(node, transport).measure(way));
        } catch (IOException e) {
            System.err.println(node.runtime().name() + ", " + transport + ", " + way.words + ": " + e);
            return "broke off";
        }
    }
}

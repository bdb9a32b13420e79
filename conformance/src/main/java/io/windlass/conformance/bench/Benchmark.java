package io.windlass.conformance.bench;

import io.windlass.conformance.bench.PodTimes.Call;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;

/** Measures this project's daemon and Debian's containerd in turn and prints markdown tables.
 *
 * <p>{@code -Dbench.rounds=5 -Dbench.pods=10}: in each round so many pods, one after the other, on one and then on the other.
 * {@code -Dbench.memory=50}: pods at rest while memory is read. {@code -Dcri.network=plugins}: ours with the CNI plugins too. */
public final class Benchmark {
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int PODS = Integer.getInteger("bench.pods", 10);
    private static final int MEMORY_PODS = Integer.getInteger("bench.memory", 50);
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
            warm(ours);
            warm(theirs);
            PodTimes our = new PodTimes();
            PodTimes their = new PodTimes();
            for (int round = 0; round < ROUNDS; round++) {
                measure(ours, our);
                measure(theirs, their);
            }
            times(options.network(), our, their);
            memory(PodMemory.measure(ours, MEMORY_PODS), PodMemory.measure(theirs, MEMORY_PODS));
        }
        out.printf("%n| floor | ms |%n|---|---:|%n");
        Floors.measure().forEach((what, ms) -> out.printf(Locale.ROOT, "| %s | %.2f |%n", what, ms));
    }

    private static void warm(Node node) throws IOException {
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
}

package io.windlass.conformance;

import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Processes;
import io.windlass.conformance.fixture.Pulse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** A node whose daemon is killed in the middle of things and started again. */
record FaultyNode(Node node) {
    /** When the fault comes. Waits busily: phases are shorter than a sleep is exact. */
    @FunctionalInterface
    interface Moment {
        boolean isHere() throws Exception;

        static Moment after(Duration delay) {
            long begin = System.nanoTime();
            return () -> System.nanoTime() - begin >= delay.toNanos();
        }

        /** Another number of entries in a directory than now. */
        static Moment change(Path directory) throws IOException {
            long before = entries(directory);
            return () -> entries(directory) != before;
        }

        private static long entries(Path directory) {
            String[] names = directory.toFile().list();
            return names == null ? 0 : names.length;
        }

        static Moment oneOf(Random random, Moment... moments) {
            return moments[random.nextInt(moments.length)];
        }

        /** So long after another moment. */
        static Moment then(Moment first, Duration delay) {
            Moment[] second = new Moment[1];
            return () -> {
                if (second[0] == null && first.isHere()) {
                    second[0] = after(delay);
                }
                return second[0] != null && second[0].isHere();
            };
        }

        /** Waits for it. */
        default void await() throws Exception {
            while (!isHere()) {
                Thread.onSpinWait();
            }
        }
    }

    /** How a call ended over which the daemon was killed: its result, or null. */
    record Cut<T>(CompletableFuture<T> answer) {
        boolean answered() {
            return answer.isDone() && !answer.isCompletedExceptionally();
        }
    }

    /** Kills the daemon while {@code call} is under way, at that moment or at the call's end, and starts it again. */
    <T> Cut<T> killDuring(Callable<T> call, Moment moment) throws Exception {
        Cut<T> cut = endDuring(call, moment);
        start();
        return cut;
    }

    /** As {@link #killDuring}, but does not start it. */
    <T> Cut<T> endDuring(Callable<T> call, Moment moment) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                answer.complete(call.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        while (!moment.isHere() && !answer.isDone()) {
            Thread.onSpinWait();
        }
        node.killDaemon();
        caller.join();
        return new Cut<>(answer);
    }

    void kill() throws Exception {
        node.killDaemon();
    }

    void start() throws Exception {
        node.startDaemon();
    }

    private boolean isServed() {
        OptionalLong daemon = node.runtime().pid();
        return daemon.isEmpty() || ProcessHandle.of(daemon.getAsLong()).map(ProcessHandle::isAlive).orElse(false);
    }

    /** How long a call takes that nothing happens to. */
    static Duration measure(Callable<?> call) throws Exception {
        long begin = System.nanoTime();
        call.call();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** The processes of the node whose command has these words. */
    static List<Processes.Seen> processesOf(Node node, String words) throws IOException {
        return Processes.of(node).stream().filter(process -> process.command().contains(words)).toList();
    }

    /** Makes a daemon open all that it opens only once. */
    static void warmUp(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            container.sh("true");
        }
    }

    /** What a row begins with. */
    private record Begun(FaultyNode node, KernelState before, Pulse pulse) {}

    /** Hands out one node for all classes of its process; before a row its state is taken, and compared afterwards. */
    static final class Extension implements ParameterResolver, BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler {
        private static final Namespace NAMESPACE = Namespace.create(FaultyNode.class);
        private static final int LOG_CHARS = 6000;
        private static final int SCARCE = 27;

        private record Opened(FaultyNode node) implements AutoCloseable {
            @Override
            public void close() throws Exception {
                node.node.close();
            }
        }

        private static FaultyNode node(ExtensionContext context) {
            boolean plugins = context.getElement().stream().anyMatch(e -> e.isAnnotationPresent(OnPlugins.class))
                    || context.getRequiredTestClass().isAnnotationPresent(OnPlugins.class);
            Network network = plugins ? Network.PLUGINS : Network.BUILT_IN;
            return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                    .getOrComputeIfAbsent(network, key -> open(network), Opened.class).node();
        }

        private static Opened open(Network network) {
            try {
                return new Opened(new FaultyNode(Node.open(NodeOptions.fromProperties().withNetwork(network))));
            } catch (Exception e) {
                throw new IllegalStateException("no node: " + e.getMessage(), e);
            }
        }

        @Override
        public void beforeEach(ExtensionContext context) throws Exception {
            FaultyNode node = node(context);
            if (!node.isServed()) { // a row that failed has left it so
                node.start();
            }
            warmUp(node.node);
            KernelState before = node.node.state();
            context.getStore(NAMESPACE).put(Begun.class, new Begun(node, before, pulse(context, node.node)));
        }

        /** In the row in which something runs out, a daemon may say so. */
        private static Pulse pulse(ExtensionContext context, Node node) {
            Row row = Objects.requireNonNull(context.getRequiredTestMethod().getAnnotation(Row.class));
            boolean scarce = Arrays.stream(row.value()).anyMatch(number -> number == SCARCE);
            return scarce ? Pulse.ofScarce(node) : Pulse.of(node);
        }

        @Override
        public void afterEach(ExtensionContext context) throws Exception {
            Begun begun = context.getStore(NAMESPACE).remove(Begun.class, Begun.class);
            begun.pulse.close();
            warmUp(begun.node.node);
            List<String> leaks = begun.node.node.leaksSince(begun.before);
            if (!leaks.isEmpty()) {
                throw new AssertionError(context.getDisplayName() + " left the machine in another state:\n" + String.join("\n", leaks)
                        + "\n" + log(context));
            }
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == FaultyNode.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return node(context);
        }

        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
            failure.addSuppressed(new AssertionError(log(context)));
            throw failure;
        }

        private static String log(ExtensionContext context) {
            String log = node(context).node.runtime().log();
            return "the end of the daemon's log:\n" + log.substring(Math.max(0, log.length() - LOG_CHARS));
        }
    }
}

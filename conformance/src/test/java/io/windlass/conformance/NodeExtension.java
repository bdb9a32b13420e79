package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.Pod;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Opens one node for all classes of its process and hands it to the tests; shows the end of the daemon's log with a failure. */
final class NodeExtension implements ParameterResolver, TestExecutionExceptionHandler {
    private static final Namespace NAMESPACE = Namespace.create(NodeExtension.class);
    private static final int LOG_CHARS = 4000;

    /** The store closes it after the last test. */
    private record Opened(Node node) implements AutoCloseable {
        static Opened open() {
            try {
                Node node = Node.open(NodeOptions.fromProperties());
                // what a runtime makes once, at its first pod, is no leak of the first test
                Pod.run(node).close();
                return new Opened(node);
            } catch (Exception e) {
                throw new IllegalStateException("no node: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() throws Exception {
            node.close();
        }
    }

    static Node node(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .getOrComputeIfAbsent(Opened.class, key -> Opened.open(), Opened.class).node();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Node.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return node(context);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        String log = node(context).runtime().log();
        failure.addSuppressed(new DaemonLog(log.substring(Math.max(0, log.length() - LOG_CHARS))));
        throw failure;
    }

    /** Carries the daemon's log into the report. */
    private static final class DaemonLog extends Exception {
        DaemonLog(String log) {
            super("the end of the daemon's log:\n" + log, null, false, false);
        }
    }
}

package io.windlass.conformance;

import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Node;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Fails a test that leaves the machine in another state than it found it. */
final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        context.getStore(NAMESPACE).put("before", NodeExtension.node(context).state());
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        KernelState before = context.getStore(NAMESPACE).get("before", KernelState.class);
        Node node = NodeExtension.node(context);
        List<String> leaks = node.leaksSince(before);
        if (!leaks.isEmpty()) {
            throw new AssertionError(context.getDisplayName() + " left the machine in another state:\n" + String.join("\n", leaks));
        }
    }
}

package io.windlass.conformance;

import io.windlass.conformance.fixture.Canary;
import io.windlass.conformance.fixture.HostState;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Puts a {@link Canary} on the host before each attack, and fails where the attack changed it, or anything else of the host. */
final class HostUnharmed implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(HostUnharmed.class);

    /** Before an attack. */
    private record Before(Canary canary, HostState host) {}

    private static Before before(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Before.class, Before.class);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        Canary canary = NodeExtension.node(context).canary();
        context.getStore(NAMESPACE).put(Before.class, new Before(canary, canary.host()));
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        List<String> harm = before(context).canary.host().since(before(context).host);
        if (!harm.isEmpty()) {
            throw new AssertionError(context.getDisplayName() + " reached the host:\n" + String.join("\n", harm));
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Canary.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return before(context).canary;
    }
}

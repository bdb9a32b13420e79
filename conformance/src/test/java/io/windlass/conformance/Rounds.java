package io.windlass.conformance;

import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Pulse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Runs a {@link Row} once for each fault, and once for each value of the enum among its parameters, if there is one. Each run says how it ended as
 * soon as it has: reports are only written when all have.
 */
final class Rounds implements TestTemplateInvocationContextProvider {

    /** One run, and what it gives to the parameters of these types. The daemon of a node of the class's own answers throughout. */
    private record Round(List<Object> arguments)
            implements
                TestTemplateInvocationContext,
                ParameterResolver,
                BeforeEachCallback,
                AfterEachCallback,
                TestWatcher {
        private static final Namespace NAMESPACE = Namespace.create(Round.class);

        @Override
        public void beforeEach(ExtensionContext context) {
            if (context.getRequiredTestInstance() instanceof OwnNode own) {
                context.getStore(NAMESPACE).put(Pulse.class, Pulse.of(own.node));
            }
        }

        @Override
        public void afterEach(ExtensionContext context) throws Exception {
            Pulse pulse = context.getStore(NAMESPACE).remove(Pulse.class, Pulse.class);
            if (pulse != null) {
                pulse.close();
            }
        }

        @Override
        public void testSuccessful(ExtensionContext context) {
            say(context, "passed");
        }

        @Override
        public void testFailed(ExtensionContext context, Throwable cause) {
            say(context, "FAILED: " + cause);
        }

        private static void say(ExtensionContext context, String end) {
            System.out.println(context.getRequiredTestClass().getSimpleName() + "." + context.getRequiredTestMethod().getName() + ", "
                    + context.getDisplayName() + ": " + end);
        }

        @Override
        public String getDisplayName(int index) {
            return String.join(", ", arguments.stream().map(Object::toString).toList());
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        private Stream<Object> of(ParameterContext parameter) {
            return arguments.stream().filter(parameter.getParameter().getType()::isInstance);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return of(parameter).findAny().isPresent();
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return of(parameter).findAny().orElseThrow();
        }
    }

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Object[] cases = Arrays.stream(context.getRequiredTestMethod().getParameterTypes()).filter(Class::isEnum).findAny()
                .<Object[]>map(Class::getEnumConstants).orElse(new Object[0]);
        return Fault.rounds().flatMap(fault -> cases.length == 0
                ? Stream.of(new Round(List.of(fault)))
                : Arrays.stream(cases).map(one -> new Round(List.of(fault, one))));
    }
}

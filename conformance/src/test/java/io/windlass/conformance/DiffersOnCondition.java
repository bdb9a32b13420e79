package io.windlass.conformance;

import io.windlass.conformance.fixture.NodeOptions;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Leaves out what {@link DiffersOn} names; with {@code -Dcri.differences=true} it is run, to see whether the reason still holds. */
final class DiffersOnCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String runtime = NodeOptions.fromProperties().runtime();
        return context.getElement().flatMap(element -> AnnotationSupport.findAnnotation(element, DiffersOn.class))
                .filter(differs -> differs.value().equals(runtime) && !Boolean.getBoolean("cri.differences"))
                .map(differs -> ConditionEvaluationResult.disabled(runtime + " differs: " + differs.why()))
                .orElse(ConditionEvaluationResult.enabled("no named difference"));
    }
}

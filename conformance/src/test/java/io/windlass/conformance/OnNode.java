package io.windlass.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class of tests that take the run's {@link io.windlass.conformance.fixture.Node} as a parameter, each of which must leave the machine as it was. */
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({NodeExtension.class, DiffersOnCondition.class, LeakCheck.class})
@interface OnNode {
}

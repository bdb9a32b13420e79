package io.windlass.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A row of the fault matrix, run for each {@link io.windlass.conformance.fixture.Fault} of the run. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@MethodSource("io.windlass.conformance.fixture.Fault#rounds")
@interface Row {
    /** Its numbers. */
    int[] value();
}

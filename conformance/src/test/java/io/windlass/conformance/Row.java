package io.windlass.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A row of the fault matrix, or a part of one: a test that is run for each {@link io.windlass.conformance.fixture.Fault} of the run, which it may
 * take as a parameter, and for each value of an enum that it takes. The tag selects the matrix: {@code -Dgroups=fault}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(Rounds.class)
@Tag("fault")
@interface Row {
    /** Its numbers. */
    int[] value();
}

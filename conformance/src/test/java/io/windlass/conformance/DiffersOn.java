package io.windlass.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A named difference: what the test demands is not so on another runtime, and why. The test is not run there. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@interface DiffersOn {
    /** The runtime, as in {@code -Dcri.oracle}. */
    String value();

    String why();
}

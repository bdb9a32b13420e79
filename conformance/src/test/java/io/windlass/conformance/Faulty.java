package io.windlass.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class of rows of the fault matrix. Each takes a {@link FaultyNode}, whose daemon it may kill, and leaves it as it was. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(FaultyNode.Extension.class)
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "a runtime that somebody else started is not ours to kill")
@DisabledIfSystemProperty(named = "cri.oracle", matches = ".*", disabledReason = "the matrix says what windlass does")
@interface Faulty {
}

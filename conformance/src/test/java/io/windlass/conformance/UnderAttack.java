package io.windlass.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class of attacks, named after those that worked on other runtimes. Each is really made, must fail, and must leave the host as it was. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@OnNode
@ExtendWith(HostUnharmed.class)
@interface UnderAttack {
}

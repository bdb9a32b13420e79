package io.windlass.conformance;

import io.windlass.conformance.fixture.DaemonMemory;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Wait;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "how somebody else started a runtime is not known")
class IdleMemoryTest extends OwnNode {
    private static final double HALF = 0.5;

    @Test
    @DiffersOn(value = "containerd", why = "no JVM, and what it read of its program stays")
    void aDaemonAtRestGivesItsCodeBackAndServesOn() throws Exception {
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.start("sleep", "1000").sh("echo on")).isEqualTo("on\n");
            Wait.untilTrue("less than half of the JVM is resident", Duration.ofSeconds(60),
                    () -> DaemonMemory.residentShare(node, "libjvm.so") < HALF);
            assertThat(pod.start("sleep", "1001").sh("echo still")).isEqualTo("still\n");
        }
    }
}

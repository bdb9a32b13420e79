package io.windlass.conformance;

import io.windlass.conformance.fixture.Fault;
import io.windlass.shim.guest.Guest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** {@link ClockJumps} on a machine of its own. */
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the clock of a runtime that somebody else started is not ours to set")
@DisabledIfSystemProperty(named = "cri.oracle", matches = ".*", disabledReason = "the matrix says what windlass does")
class ClockJumpTest {
    private static final Duration BOOT = Duration.ofMinutes(3);
    private static final Duration ROUND = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    /** Row 27 of the matrix: all its rounds, one after the other, since a guest takes a minute to come up. */
    @Test
    @Tag("fault")
    void nothingWaitsForEverOrEndsEarly() throws Exception {
        assumeThat(Guest.isThere()).as("user-mode-linux is absent, and so no clock is set: apt-get install user-mode-linux").isTrue();
        Fault[] rounds = Fault.rounds().toArray(Fault[]::new);
        Guest.Result result = Guest.java(directory, List.of("-Dwindlass.launcher=" + System.getProperty("windlass.launcher"),
                "-Dfault.seed=" + rounds[0].seed(), "-Dfault.rounds=" + rounds.length, ClockJumps.class.getName()),
                BOOT.plus(ROUND.multipliedBy(rounds.length)));
        System.out.println(result.output());
        assertThat(result.code()).as(result.output()).isZero();
    }
}

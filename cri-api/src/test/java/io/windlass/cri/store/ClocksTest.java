package io.windlass.cri.store;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClocksTest {
    @Test
    void countsFromZeroAndGoesOn() {
        var clock = Clocks.monotonic();
        Instant first = clock.instant();
        assertThat(first).isBetween(Instant.EPOCH, Instant.EPOCH.plus(Duration.ofDays(1)));
        assertThat(clock.instant()).isAfterOrEqualTo(first);
    }
}

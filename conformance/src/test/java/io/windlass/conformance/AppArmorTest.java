package io.windlass.conformance;

import io.windlass.shim.guest.Guest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** {@link AppArmorProfiles} on a machine of its own, whose kernel has AppArmor in use. */
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "a runtime that somebody else started is on another machine")
@DisabledIfSystemProperty(named = "cri.oracle", matches = ".*", disabledReason = "it looks for the profile of windlass")
class AppArmorTest {
    private static final Duration BOOT = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    @Test
    void runtimeDefaultIsAProfileThatTheDaemonLoads() throws Exception {
        assumeThat(Guest.isThere()).as("user-mode-linux is absent, and so no profile is tested: apt-get install user-mode-linux").isTrue();
        assumeThat(Path.of("/usr/sbin/apparmor_parser")).as("it is absent, and so no profile is tested: apt-get install apparmor").exists();
        Guest.Result result = Guest.java(directory, List.of("lsm=apparmor"),
                List.of("-Dwindlass.launcher=" + System.getProperty("windlass.launcher"), AppArmorProfiles.class.getName()), BOOT);
        assertThat(result.code()).as(result.output()).isZero();
    }
}

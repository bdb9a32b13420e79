package io.windlass.shim.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class CgroupV2Test {
    @TempDir
    Path directory;

    @Test
    void cgroupsWorkOnAKernelOfCgroupV2() throws Exception {
        assumeThat(Guest.isThere()).as("user-mode-linux is absent, and so cgroup v2 is not tested: apt-get install user-mode-linux")
                .isTrue();
        Guest.Result result = Guest.java(directory,
                List.of(GuestTests.class.getName(), "io.windlass.shim.cgroup.CgroupTest", "io.windlass.shim.cgroup.CgroupLimitsTest"),
                Duration.ofSeconds(180));
        assertThat(result.code()).as(result.output()).isZero();
        assertThat(result.output()).contains("guest: SUCCESSFUL limitsStandInTheFilesOfV2()")
                .contains("guest: SUCCESSFUL deleteWaitsForTheLastProcess()")
                .contains("guest: SUCCESSFUL killForWantOfMemoryIsCounted()");
    }
}

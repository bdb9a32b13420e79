package io.windlass.cri.container;

import io.windlass.shim.spec.Rlimit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NodeLimitsTest {
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max core file size        0                    unlimited            bytes
            Max open files            1024                 4096                 files
            """;

    @ParameterizedTest
    @CsvSource({"4096, 4096", "unlimited, -1", "0, 0", "'', 0"})
    void containersMayDumpWhatTheDaemonCouldBeforeItsLauncherForbadeIt(String before, long soft) {
        assertThat(NodeLimits.coreDump(LIMITS, before)).isEqualTo(new Rlimit(Rlimit.Type.CORE, soft, Rlimit.INFINITY));
    }
}

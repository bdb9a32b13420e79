package io.windlass.shim.cgroup;

import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.Memory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SettingsV2Test {
    private static List<String> lines(Resources resources) {
        return SettingsV2.of(resources).stream().map(s -> s.file() + " " + s.value()).toList();
    }

    private static Resources memory(@Nullable Long limit, @Nullable Long swap) {
        return new Resources(new Memory(limit, swap, null), Cpu.NONE, null, List.of(), Map.of(), Map.of());
    }

    @ParameterizedTest(name = "{0} shares are a weight of {1}")
    @CsvSource({"2, 1", "1024, 100", "262144, 10000", "0, 1", "1000000, 10000", "102, 17", "512, 59", "2048, 174"})
    void sharesBecomeAWeight(long shares, long weight) {
        assertThat(SettingsV2.weight(shares)).isEqualTo(weight);
    }

    @ParameterizedTest(name = "quota {0} period {1}: {2}")
    @CsvSource(nullValues = "-", value = {"50000, 100000, 50000 100000", "-1, 100000, max 100000", "50000, -, 50000",
            "-, 100000, max 100000",
            "-1, -, max"})
    void quotaAndPeriodAreOneFile(Long quota, Long period, String value) {
        Resources resources = new Resources(Memory.NONE, new Cpu(null, quota, period, "", ""), null, List.of(), Map.of(), Map.of());
        assertThat(lines(resources)).containsExactly("cpu.max " + value);
    }

    @Test
    void swapIsCountedAlone() {
        assertThat(lines(memory(64L, 64L))).containsExactly("memory.swap.max 0", "memory.max 64");
        assertThat(lines(memory(64L, 100L))).containsExactly("memory.swap.max 36", "memory.max 64");
        assertThat(lines(memory(64L, -1L))).containsExactly("memory.swap.max max", "memory.max 64");
        assertThat(lines(memory(64L, null))).containsExactly("memory.max 64");
        assertThat(lines(memory(-1L, null))).containsExactly("memory.swap.max max", "memory.max max");
    }

    @Test
    void swapBelowMemoryIsRefused() {
        assertThatThrownBy(() -> lines(memory(64L, 32L))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("below");
        assertThatThrownBy(() -> lines(memory(null, 32L))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("beside");
    }

    @Test
    void everyResourceHasItsFile() {
        Resources all = new Resources(new Memory(null, null, 2L), new Cpu(1024L, null, null, "0-3", "0"), -1L, List.of(), Map.of("1GB", 4L),
                Map.of("memory.high", "5"));
        assertThat(lines(all)).containsExactly("memory.low 2", "cpu.weight 100", "cpuset.cpus 0-3", "cpuset.mems 0", "pids.max max",
                "hugetlb.1GB.max 4", "hugetlb.1GB.rsvd.max 4", "memory.high 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cgroup.procs", "../memory.max", "memory", ".max", "memory.max/x"})
    void unifiedNamesOnlyFilesOfControllers(String file) {
        Resources resources = new Resources(Memory.NONE, Cpu.NONE, null, List.of(), Map.of(), Map.of(file, "1"));
        assertThatThrownBy(() -> lines(resources)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(file);
    }
}

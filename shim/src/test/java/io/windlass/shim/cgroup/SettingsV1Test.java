package io.windlass.shim.cgroup;

import io.windlass.shim.cgroup.SettingsV1.Current;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.DeviceRule;
import io.windlass.shim.spec.Resources.Memory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsV1Test {
    private static List<String> lines(Resources resources, Current current) {
        return SettingsV1.of(resources, current).stream().map(s -> s.controller() + " " + s.file() + " " + s.value()).toList();
    }

    @ParameterizedTest(name = "from {0}/{1} to {2}/{3}: {4}")
    @CsvSource(nullValues = "-", value = {
            // current memory, memory and swap; new ones; the writes in order
            "-1, -1, 64, 64, limit 64 swap 64", "64, 64, 128, 256, swap 256 limit 128", "128, 256, 32, 64, limit 32 swap 64",
            "128, 256, 32, 128, swap 128 limit 32", "64, 64, -1, -1, swap -1 limit -1", "-1, -1, 16, 512, limit 16 swap 512",
            "64, 64, 128, -, swap 128 limit 128", "64, 64, 32, -, limit 32", "64, 128, -, 256, swap 256", "64, 0, 128, 128, limit 128",
            "64, 64, -, -, ''"})
    void memoryIsWrittenInAnOrderThatTheKernelTakes(long memory, long both, Long limit, Long swap, String writes) {
        Resources resources = new Resources(new Memory(limit, swap, null), Cpu.NONE, null, List.of(), Map.of(), Map.of());
        StringBuilder expected = new StringBuilder();
        SettingsV1.of(resources, new Current(memory, both)).forEach(s -> {
            expected.append(s.file().contains("memsw") ? " swap " : " limit ").append(s.value());
        });
        assertThat(expected.toString().strip()).isEqualTo(writes);
    }

    @Test
    void everyResourceHasItsFile() {
        Resources all = new Resources(new Memory(1L, null, 2L), new Cpu(1024L, 50L, 100L, "0-3", "0"), 10L,
                List.of(new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', null, null, "m"),
                        new DeviceRule(true, 'b', 8, 0, "r")),
                Map.of("2MB", 4L), Map.of("memory.high", "5"));
        assertThat(lines(all, Current.UNLIMITED)).containsExactly("memory memory.limit_in_bytes 1", "memory memory.soft_limit_in_bytes 2",
                "cpu cpu.shares 1024", "cpu cpu.cfs_period_us 100", "cpu cpu.cfs_quota_us 50", "cpuset cpuset.cpus 0-3",
                "cpuset cpuset.mems 0",
                "pids pids.max 10", "hugetlb hugetlb.2MB.limit_in_bytes 4", "hugetlb hugetlb.2MB.rsvd.limit_in_bytes 4",
                "devices devices.deny a", "devices devices.allow c *:* m", "devices devices.allow b 8:0 r");
    }

    @Test
    void nothingIsWrittenForNothing() {
        Resources zeroes = new Resources(Memory.NONE, new Cpu(0L, 0L, 0L, "", ""), null, List.of(), Map.of(), Map.of());
        assertThat(lines(Resources.NONE, Current.UNLIMITED)).isEmpty();
        assertThat(lines(zeroes, Current.UNLIMITED)).isEmpty();
    }

    @Test
    void unlimitedIsWrittenAsTheFileWantsIt() {
        Resources unlimited = new Resources(Memory.NONE, new Cpu(null, -1L, null, "", ""), -1L, List.of(), Map.of(), Map.of());
        assertThat(lines(unlimited, Current.UNLIMITED)).containsExactly("cpu cpu.cfs_quota_us -1", "pids pids.max max");
    }
}

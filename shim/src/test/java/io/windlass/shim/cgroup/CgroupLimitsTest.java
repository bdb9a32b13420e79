package io.windlass.shim.cgroup;

import io.windlass.shim.linux.PidFd;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.DeviceRule;
import io.windlass.shim.spec.Resources.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What a cgroup's resources are limited to. */
@Timeout(90)
class CgroupLimitsTest {
    private static final long MIB = 1024 * 1024;
    private static final List<String> FILES_V1 = List.of("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "cpu.shares",
            "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpuset.cpus");
    private static final List<String> FILES_V2 = List.of("memory.max", "memory.swap.max", "cpu.max", "cpu.weight", "cpuset.cpus");

    private TestCgroup box;

    @BeforeEach
    void setUp() throws IOException {
        box = new TestCgroup();
    }

    @AfterEach
    void cleanUp() throws IOException {
        box.close();
    }

    @Test
    void memoryLimitsGoUpAndDownInAnyOrder() throws Exception {
        assumeThat(box.driver.isV2()).isFalse();
        long[][] steps = {{64, 64}, {128, 256}, {32, 32}, {512, 512}, {-1, -1}, {64, 128}, {16, 512}, {-1, -1}, {8, 8}};
        for (long[] step : steps) {
            long limit = step[0] < 0 ? -1 : step[0] * MIB;
            long swap = step[1] < 0 ? -1 : step[1] * MIB;
            box.cgroup.apply(memory(limit, swap));
            assertThat(StatsV1.limit(Long.parseLong(box.file("memory", "memory.limit_in_bytes")))).isEqualTo(limit);
            assertThat(StatsV1.limit(Long.parseLong(box.file("memory", "memory.memsw.limit_in_bytes")))).isEqualTo(swap);
        }
        box.cgroup.apply(new Resources(new Memory(64 * MIB, null, null), Cpu.NONE, null, List.of(), Map.of(), Map.of()));
        assertThat(box.file("memory", "memory.memsw.limit_in_bytes")).isEqualTo(Long.toString(64 * MIB));
    }

    private static Resources memory(long limit, long swap) {
        return new Resources(new Memory(limit, swap, null), Cpu.NONE, null, List.of(), Map.of(), Map.of());
    }

    @Test
    void memoryLimitBelowWhatIsInUseIsRefused() throws Exception {
        box.start(box.cgroup.joinFiles(), "x=$(head -c 12000000 /dev/zero | tr '\\0' x); exec 3</dev/null; while :; do sleep 1; done");
        TestCgroup.until(() -> !(box.cgroup.stats().memory().rss() < 10 * MIB));
        // no swap to go to: memory and swap together are limited too
        assertThatThrownBy(() -> box.cgroup.apply(memory(4 * MIB, 4 * MIB))).hasMessageContaining("bytes are in use")
                .hasMessageContaining("EBUSY");
    }

    @Test
    void killForWantOfMemoryIsCounted() throws Exception {
        box.cgroup.apply(memory(16 * MIB, 16 * MIB));
        assertThat(box.cgroup.oomKills()).isZero();
        PidFd child = box.start(box.cgroup.joinFiles(), "exec tail /dev/zero");
        assertThat(child.awaitExit(20_000)).isTrue();
        assertThat(box.cgroup.oomKills()).isEqualTo(1);
    }

    @Test
    void cpuPidsAndCpusetAreLimited() throws Exception {
        assumeThat(box.driver.isV2()).isFalse();
        box.cgroup
                .apply(new Resources(Memory.NONE, new Cpu(512L, 50_000L, 100_000L, "0", "0"), 17L, List.of(), Map.of("2MB", 0L), Map.of()));
        assertThat(box.file("cpu", "cpu.shares")).isEqualTo("512");
        assertThat(box.file("cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
        assertThat(box.file("cpuset", "cpuset.cpus")).isEqualTo("0");
        assertThat(box.file("pids", "pids.max")).isEqualTo("17");
        assertThat(box.cgroup.stats().pids()).isEqualTo(new CgroupStats.Pids(0, 17));
        box.cgroup.apply(new Resources(Memory.NONE, new Cpu(null, -1L, null, "", ""), -1L, List.of(), Map.of(), Map.of()));
        assertThat(box.file("cpu", "cpu.shares")).isEqualTo("512");
        assertThat(box.file("cpu", "cpu.cfs_quota_us")).isEqualTo("-1");
        assertThat(box.file("pids", "pids.max")).isEqualTo("max");
    }

    @Test
    void limitsStandInTheFilesOfV2() throws Exception {
        assumeThat(box.driver.isV2()).isTrue();
        box.cgroup.apply(new Resources(new Memory(64 * MIB, 96 * MIB, null), new Cpu(1024L, 50_000L, 100_000L, "", ""), 17L, List.of(),
                Map.of("2MB", 0L), Map.of()));
        assertThat(box.file("memory", "memory.max")).isEqualTo(Long.toString(64 * MIB));
        assertThat(box.file("pids", "pids.max")).isEqualTo("17");
        if (Files.exists(Path.of("/sys/fs/cgroup", box.cgroup.path().value().substring(1), "cpu.max"))) {
            assertThat(box.file("cpu", "cpu.max")).isEqualTo("50000 100000");
        }
        assertThat(box.cgroup.stats().pids()).isEqualTo(new CgroupStats.Pids(0, 17));
        box.cgroup.apply(memory(-1, -1));
        assertThat(box.file("memory", "memory.max")).isEqualTo("max");
    }

    @Test
    void quotaWithinAParentsQuotaIsReplacedByOneOfAnotherPeriod() throws Exception {
        box.parent.apply(cpu(50_000, 100_000));
        box.cgroup.apply(cpu(50_000, 100_000));
        box.cgroup.apply(cpu(5_000, 10_000));
        box.cgroup.apply(cpu(50_000, 100_000));
        if (box.driver.isV2()) {
            box.cgroup.apply(cpu(90_000, 100_000)); // there the parent's simply holds too
            return;
        }
        assertThatThrownBy(() -> box.cgroup.apply(cpu(90_000, 100_000))).hasMessageContaining("90000").hasMessageContaining("EINVAL");
    }

    private static Resources cpu(long quota, long period) {
        return new Resources(Memory.NONE, new Cpu(null, quota, period, "", ""), null, List.of(), Map.of(), Map.of());
    }

    @Test
    void changeThatIsRefusedLeavesAllAsItWas() throws Exception {
        List<String> unlimited = limits();
        refuse();
        assertThat(limits()).isEqualTo(unlimited);
        box.cgroup.change(memory(64 * MIB, 96 * MIB));
        if (!box.driver.isV2()) { // a guest's kernel may limit memory only
            box.cgroup.change(new Resources(Memory.NONE, new Cpu(512L, 50_000L, 100_000L, "0", ""), null, List.of(), Map.of(), Map.of()));
        }
        List<String> limited = limits();
        assertThat(limited).isNotEqualTo(unlimited);
        refuse();
        assertThat(limits()).isEqualTo(limited);
    }

    /** Asks for limits of which none is refused but the last. */
    private void refuse() {
        Resources resources = new Resources(new Memory(32 * MIB, 32 * MIB, null), new Cpu(256L, 20_000L, 50_000L, "999999", ""), null,
                List.of(), Map.of(), Map.of());
        assertThatThrownBy(() -> box.cgroup.change(resources)).isInstanceOf(IOException.class);
    }

    private List<String> limits() throws IOException {
        List<String> limits = new ArrayList<>();
        for (String file : box.driver.isV2() ? FILES_V2 : FILES_V1) {
            try {
                limits.add(file + " " + box.file(file.substring(0, file.indexOf('.')), file));
            } catch (NoSuchFileException e) {
                limits.add("no " + file);
            }
        }
        return limits;
    }

    @Test
    void devicesOutsideTheListAreRefused() throws Exception {
        assumeThat(box.driver.isV2()).isFalse();
        List<DeviceRule> rules = List.of(new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', 1, 3, "rw"),
                new DeviceRule(true, 'c', 136, null, "rwm"));
        box.cgroup.apply(new Resources(Memory.NONE, Cpu.NONE, null, rules, Map.of(), Map.of()));
        assertThat(box.file("devices", "devices.list")).isEqualTo("c 1:3 rw\nc 136:* rwm");
        PidFd child = box.start(box.cgroup.joinFiles(), "echo x > /dev/null || exit 1; (: < /dev/zero) 2> /dev/null && exit 2; exit 0");
        assertThat(box.reap(child).code()).isZero();
    }
}

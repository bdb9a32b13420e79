package io.windlass.shim.cgroup;

import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Spawn;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.DeviceRule;
import io.windlass.shim.spec.Resources.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** On the hierarchies of this machine. */
@Timeout(90)
class CgroupTest {
    private static final long MIB = 1024 * 1024;

    private final CgroupDriver driver = detect();
    private final List<PidFd> children = new ArrayList<>();
    private Cgroup cgroup = driver.cgroup("/unset");
    private Cgroup parent = cgroup;

    private static CgroupDriver detect() {
        try {
            return CgroupDriver.detect();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void setUp() throws IOException {
        parent = driver.cgroup("/wl-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        cgroup = driver.cgroup(parent.path().child("box"));
        cgroup.create();
    }

    @AfterEach
    void cleanUp() throws IOException {
        for (PidFd child : children) {
            child.sendSignal(9);
            child.waitExit();
            child.close();
        }
        parent.kill();
        parent.delete(Duration.ofSeconds(5));
    }

    /** Starts a shell that joins and goes on as the command, and waits for it to have joined. */
    private PidFd start(List<Path> joinFiles, String command) throws IOException {
        StringBuilder script = new StringBuilder();
        joinFiles.forEach(f -> script.append("echo 0 > ").append(f).append(" || exit 9; "));
        int pid = Spawn.of("/bin/sh", List.of("sh", "-c", script + command)).environment(List.of("PATH=/bin:/usr/bin")).start();
        PidFd child = PidFd.open(pid);
        children.add(child);
        Path last = joinFiles.getLast().resolveSibling("cgroup.procs");
        until(() -> Files.readAllLines(last).contains(Integer.toString(pid)) || child.hasExited());
        return child;
    }

    private static void until(Callable<Boolean> condition) throws IOException {
        long deadline = System.nanoTime() + 40_000_000_000L;
        try {
            while (!condition.call()) {
                assertThat(System.nanoTime()).as("forty seconds").isLessThan(deadline);
                LockSupport.parkNanos(200_000);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String file(String controller, String name) throws IOException {
        return Files.readString(Path.of("/sys/fs/cgroup", driver.isV2() ? "" : controller, cgroup.path().value().substring(1), name))
                .strip();
    }

    @Test
    void createSaysWhichParentsItMadeAndMayBeRepeated() throws Exception {
        Cgroup deep = driver.cgroup(parent.path().child("a").child("b").child("c"));
        assertThat(deep.exists()).isFalse();
        CgroupPath a = parent.path().child("a");
        assertThat(deep.create()).containsExactly(a, a.child("b"));
        assertThat(deep.create()).isEmpty();
        assertThat(deep.exists()).isTrue();
        assertThat(deep.joinFiles()).allMatch(f -> Files.exists(f));
    }

    @Test
    void failedCreateLeavesNothing() throws Exception {
        String[] limited = {driver.isV2() ? "" : "unified", parent.path().value().substring(1), "cgroup.max.depth"};
        Path limit = Path.of("/sys/fs/cgroup", limited);
        assumeThat(limit).exists();
        Files.writeString(limit, "1");
        Cgroup deep = driver.cgroup(parent.path().child("new").child("deep"));
        assertThatThrownBy(deep::create).isInstanceOf(ErrnoException.class).hasMessageContaining("EAGAIN");
        assertThat(deep.exists()).isFalse();
        assertThat(deep.joinFiles()).noneMatch(f -> Files.exists(f.resolve("../..").normalize()));
    }

    @Test
    void processJoinsIsKilledAndTheCgroupGoes() throws Exception {
        PidFd child = start(cgroup.joinFiles(), "sleep 1000 & exec sleep 1000");
        until(() -> cgroup.pids().size() == 2);
        assertThat(cgroup.pids()).contains(child.pid());
        cgroup.kill();
        assertThat(child.waitExit().signal()).isEqualTo(9);
        children.clear();
        child.close();
        cgroup.delete(Duration.ofSeconds(5));
        assertThat(cgroup.exists()).isFalse();
        assertThat(cgroup.joinFiles()).noneMatch(f -> Files.exists(f));
        cgroup.kill();
        cgroup.delete(Duration.ZERO);
        assertThat(cgroup.oomKills()).isZero();
    }

    @Test
    void deleteWaitsForTheLastProcess() throws Exception {
        PidFd child = start(cgroup.joinFiles(), "exec sleep 0.3");
        cgroup.delete(Duration.ofSeconds(10));
        assertThat(child.hasExited()).isTrue();
    }

    @Test
    void deleteOfALivingCgroupNamesTheProcess() throws Exception {
        PidFd child = start(cgroup.joinFiles(), "exec sleep 1000");
        assertThatThrownBy(() -> cgroup.delete(Duration.ofMillis(50))).hasMessageContaining("still has processes [" + child.pid() + "]")
                .hasMessageContaining("EBUSY");
    }

    @Test
    void killReachesCgroupsInside() throws Exception {
        Cgroup inside = driver.cgroup(cgroup.path().child("inside"));
        inside.create();
        PidFd child = start(inside.joinFiles(), "exec sleep 1000");
        cgroup.kill();
        assertThat(child.awaitExit(5000)).isTrue();
        cgroup.delete(Duration.ofSeconds(5));
        assertThat(inside.exists()).isFalse();
    }

    @Test
    void execIsKilledWithoutTheContainer() throws Exception {
        PidFd container = start(cgroup.joinFiles(), "exec sleep 1000");
        ExecGroup exec = cgroup.sub("exec-");
        PidFd inside = start(exec.joinFiles(), "exec sleep 1000");
        assertThat(exec.pids()).containsExactly(inside.pid());
        assertThat(cgroup.pids()).contains(inside.pid(), container.pid());
        exec.kill();
        assertThat(inside.awaitExit(5000)).isTrue();
        exec.delete(Duration.ofSeconds(5));
        exec.delete(Duration.ZERO);
        assertThat(container.hasExited()).isFalse();
    }

    @Test
    void whatAnExecLeavesBecomesTheContainers() throws Exception {
        ExecGroup exec = cgroup.sub("exec-");
        PidFd left = start(exec.joinFiles(), "sleep 1000 & exec sleep 1000");
        until(() -> exec.pids().size() == 2);
        exec.leave();
        exec.leave();
        assertThat(directory(exec)).doesNotExist();
        assertThat(cgroup.pids()).contains(left.pid()).hasSize(2);
        cgroup.kill();
        assertThat(left.awaitExit(5000)).isTrue();
    }

    @Test
    void execNeverMeetsTheCgroupOfAnEarlierDaemon() throws Exception {
        Path first = directory(cgroup.sub("exec-"));
        long number = Long.parseLong(first.getFileName().toString().replaceAll("\\D", ""));
        Path taken = Files.createDirectory(first.resolveSibling("exec-" + (number + 1)));
        Path second = directory(cgroup.sub("exec-"));
        assertThat(second).isNotEqualTo(taken).isNotEqualTo(first).exists();
    }

    private static Path directory(ExecGroup exec) {
        return exec.joinFiles().getLast().resolveSibling(".").normalize();
    }

    @Test
    void frozenProcessStandsUntilItIsThawed() throws Exception {
        PidFd child = start(cgroup.joinFiles(), "while :; do :; done");
        cgroup.freeze();
        long before = cgroup.stats().cpu().usageNanos();
        assertThat(child.awaitExit(50)).isFalse();
        assertThat(cgroup.stats().cpu().usageNanos() - before).isLessThan(1_000_000);
        cgroup.thaw();
        until(() -> cgroup.stats().cpu().usageNanos() - before >= 1_000_000);
    }

    @Test
    void memoryLimitsGoUpAndDownInAnyOrder() throws Exception {
        assumeThat(driver.isV2()).isFalse();
        long[][] steps = {{64, 64}, {128, 256}, {32, 32}, {512, 512}, {-1, -1}, {64, 128}, {16, 512}, {-1, -1}, {8, 8}};
        for (long[] step : steps) {
            long limit = step[0] < 0 ? -1 : step[0] * MIB;
            long swap = step[1] < 0 ? -1 : step[1] * MIB;
            cgroup.apply(memory(limit, swap));
            assertThat(StatsV1.limit(Long.parseLong(file("memory", "memory.limit_in_bytes")))).isEqualTo(limit);
            assertThat(StatsV1.limit(Long.parseLong(file("memory", "memory.memsw.limit_in_bytes")))).isEqualTo(swap);
        }
        cgroup.apply(new Resources(new Memory(64 * MIB, null, null), Cpu.NONE, null, List.of(), Map.of(), Map.of()));
        assertThat(file("memory", "memory.memsw.limit_in_bytes")).isEqualTo(Long.toString(64 * MIB));
    }

    private static Resources memory(long limit, long swap) {
        return new Resources(new Memory(limit, swap, null), Cpu.NONE, null, List.of(), Map.of(), Map.of());
    }

    @Test
    void memoryLimitBelowWhatIsInUseIsRefused() throws Exception {
        start(cgroup.joinFiles(), "x=$(head -c 12000000 /dev/zero | tr '\\0' x); exec 3</dev/null; while :; do sleep 1; done");
        until(() -> !(cgroup.stats().memory().rss() < 10 * MIB));
        // no swap to go to: memory and swap together are limited too
        assertThatThrownBy(() -> cgroup.apply(memory(4 * MIB, 4 * MIB))).hasMessageContaining("bytes are in use")
                .hasMessageContaining("EBUSY");
    }

    @Test
    void killForWantOfMemoryIsCounted() throws Exception {
        cgroup.apply(memory(16 * MIB, 16 * MIB));
        assertThat(cgroup.oomKills()).isZero();
        PidFd child = start(cgroup.joinFiles(), "exec tail /dev/zero");
        assertThat(child.awaitExit(20_000)).isTrue();
        assertThat(cgroup.oomKills()).isEqualTo(1);
    }

    @Test
    void cpuPidsAndCpusetAreLimited() throws Exception {
        assumeThat(driver.isV2()).isFalse();
        cgroup.apply(new Resources(Memory.NONE, new Cpu(512L, 50_000L, 100_000L, "0", "0"), 17L, List.of(), Map.of("2MB", 0L), Map.of()));
        assertThat(file("cpu", "cpu.shares")).isEqualTo("512");
        assertThat(file("cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
        assertThat(file("cpuset", "cpuset.cpus")).isEqualTo("0");
        assertThat(file("pids", "pids.max")).isEqualTo("17");
        assertThat(cgroup.stats().pids()).isEqualTo(new CgroupStats.Pids(0, 17));
        cgroup.apply(new Resources(Memory.NONE, new Cpu(null, -1L, null, "", ""), -1L, List.of(), Map.of(), Map.of()));
        assertThat(file("cpu", "cpu.shares")).isEqualTo("512");
        assertThat(file("cpu", "cpu.cfs_quota_us")).isEqualTo("-1");
        assertThat(file("pids", "pids.max")).isEqualTo("max");
    }

    @Test
    void limitsStandInTheFilesOfV2() throws Exception {
        assumeThat(driver.isV2()).isTrue();
        cgroup.apply(new Resources(new Memory(64 * MIB, 96 * MIB, null), new Cpu(1024L, 50_000L, 100_000L, "", ""), 17L, List.of(),
                Map.of("2MB", 0L), Map.of()));
        assertThat(file("memory", "memory.max")).isEqualTo(Long.toString(64 * MIB));
        assertThat(file("pids", "pids.max")).isEqualTo("17");
        if (Files.exists(Path.of("/sys/fs/cgroup", cgroup.path().value().substring(1), "cpu.max"))) {
            assertThat(file("cpu", "cpu.max")).isEqualTo("50000 100000");
        }
        assertThat(cgroup.stats().pids()).isEqualTo(new CgroupStats.Pids(0, 17));
        cgroup.apply(memory(-1, -1));
        assertThat(file("memory", "memory.max")).isEqualTo("max");
    }

    @Test
    void quotaWithinAParentsQuotaIsReplacedByOneOfAnotherPeriod() throws Exception {
        parent.apply(cpu(50_000, 100_000));
        cgroup.apply(cpu(50_000, 100_000));
        cgroup.apply(cpu(5_000, 10_000));
        cgroup.apply(cpu(50_000, 100_000));
        if (driver.isV2()) {
            cgroup.apply(cpu(90_000, 100_000)); // there the parent's simply holds too
            return;
        }
        assertThatThrownBy(() -> cgroup.apply(cpu(90_000, 100_000))).hasMessageContaining("90000").hasMessageContaining("EINVAL");
    }

    private static Resources cpu(long quota, long period) {
        return new Resources(Memory.NONE, new Cpu(null, quota, period, "", ""), null, List.of(), Map.of(), Map.of());
    }

    @Test
    void devicesOutsideTheListAreRefused() throws Exception {
        assumeThat(driver.isV2()).isFalse();
        List<DeviceRule> rules = List.of(new DeviceRule(false, 'a', null, null, "rwm"), new DeviceRule(true, 'c', 1, 3, "rw"),
                new DeviceRule(true, 'c', 136, null, "rwm"));
        cgroup.apply(new Resources(Memory.NONE, Cpu.NONE, null, rules, Map.of(), Map.of()));
        assertThat(file("devices", "devices.list")).isEqualTo("c 1:3 rw\nc 136:* rwm");
        PidFd child = start(cgroup.joinFiles(), "echo x > /dev/null || exit 1; (: < /dev/zero) 2> /dev/null && exit 2; exit 0");
        assertThat(child.waitExit().code()).isZero();
        children.clear();
        child.close();
    }

    @Test
    void statsCountWhatAProcessUses() throws Exception {
        start(cgroup.joinFiles(),
                "x=$(head -c 3000000 /dev/zero | tr '\\0' x); i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; sleep 1000");
        until(() -> cgroup.stats().cpu().usageNanos() >= 10_000_000 && cgroup.stats().memory().rss() > MIB && sleeps());
        CgroupStats stats = cgroup.stats();
        assertThat(stats.memory().usage()).isPositive();
        assertThat(stats.memory().workingSet()).isPositive().isLessThanOrEqualTo(stats.memory().usage());
        assertThat(stats.memory().pageFaults()).isPositive();
        assertThat(stats.memory().limit()).isEqualTo(-1);
        assertThat(stats.memory().available()).isEqualTo(-1);
        assertThat(stats.pids().current()).isEqualTo(2);
        assertThat(cgroup.pressure().isPresent()).isEqualTo(Files.exists(Path.of("/proc/pressure/cpu")));
        cgroup.pressure().ifPresent(p -> assertThat(p.cpu().some().totalMicros()).isNotNegative());
    }

    /** The last of the script's steps: from now on there are the shell and sleep, and nothing else comes or goes. */
    private boolean sleeps() throws IOException {
        for (int pid : cgroup.pids()) {
            try {
                if (Files.readString(Path.of("/proc/" + pid + "/comm")).equals("sleep\n")) {
                    return true;
                }
            } catch (IOException e) {
                // it ended meanwhile
            }
        }
        return false;
    }

    @Test
    void parentsOfOthersStay() throws Exception {
        cgroup.delete(Duration.ofSeconds(1));
        assertThat(parent.exists()).isTrue();
    }

    @Test
    void missingCgroupIsNamed() throws Exception {
        Cgroup missing = driver.cgroup(parent.path().child("missing"));
        assertThatThrownBy(missing::stats).hasMessageContaining("/missing/").hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> missing.apply(cpu(5_000, 10_000))).hasMessageContaining("/missing/");
        assertThatThrownBy(() -> missing.sub("x")).isInstanceOf(ErrnoException.class);
        assertThat(missing.exists()).isFalse();
    }
}

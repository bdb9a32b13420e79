package io.windlass.shim.cgroup;

import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/** A cgroup's life, and that of what runs in it. */
@Timeout(90)
class CgroupTest {
    private static final long MIB = 1024 * 1024;
    private static final Resources SOME = new Resources(Memory.NONE, Cpu.NONE, 17L, List.of(), Map.of(), Map.of());

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
    void createSaysWhichParentsItMadeAndMayBeRepeated() throws Exception {
        Cgroup deep = box.driver.cgroup(box.parent.path().child("a").child("b").child("c"));
        assertThat(deep.exists()).isFalse();
        CgroupPath a = box.parent.path().child("a");
        assertThat(deep.create()).containsExactly(a, a.child("b"));
        assertThat(deep.create()).isEmpty();
        assertThat(deep.exists()).isTrue();
        assertThat(deep.joinFiles()).allMatch(f -> Files.exists(f));
    }

    @Test
    void failedCreateLeavesNothing() throws Exception {
        String[] limited = {box.driver.isV2() ? "" : "unified", box.parent.path().value().substring(1), "cgroup.max.depth"};
        Path limit = Path.of("/sys/fs/cgroup", limited);
        assumeThat(limit).exists();
        Files.writeString(limit, "1");
        Cgroup deep = box.driver.cgroup(box.parent.path().child("new").child("deep"));
        assertThatThrownBy(deep::create).isInstanceOf(ErrnoException.class).hasMessageContaining("EAGAIN");
        assertThat(deep.exists()).isFalse();
        assertThat(deep.joinFiles()).noneMatch(f -> Files.exists(f.resolve("../..").normalize()));
    }

    @Test
    void processJoinsIsKilledAndTheCgroupGoes() throws Exception {
        PidFd child = box.start(box.cgroup.joinFiles(), "sleep 1000 & exec sleep 1000");
        TestCgroup.until(() -> box.cgroup.pids().size() == 2);
        assertThat(box.cgroup.pids()).contains(child.pid());
        box.cgroup.kill();
        assertThat(box.reap(child).signal()).isEqualTo(9);
        box.cgroup.delete(Duration.ofSeconds(5));
        assertThat(box.cgroup.exists()).isFalse();
        assertThat(box.cgroup.joinFiles()).noneMatch(f -> Files.exists(f));
        box.cgroup.kill();
        box.cgroup.delete(Duration.ZERO);
        assertThat(box.cgroup.oomKills()).isZero();
    }

    @Test
    void deleteWaitsForTheLastProcess() throws Exception {
        PidFd child = box.start(box.cgroup.joinFiles(), "exec sleep 0.3");
        box.cgroup.delete(Duration.ofSeconds(10));
        assertThat(child.hasExited()).isTrue();
    }

    @Test
    void deleteOfALivingCgroupNamesTheProcess() throws Exception {
        PidFd child = box.start(box.cgroup.joinFiles(), "exec sleep 1000");
        assertThatThrownBy(() -> box.cgroup.delete(Duration.ofMillis(50))).hasMessageContaining("still has processes [" + child.pid() + "]")
                .hasMessageContaining("EBUSY");
    }

    @Test
    void killReachesCgroupsInside() throws Exception {
        Cgroup inside = box.driver.cgroup(box.cgroup.path().child("inside"));
        inside.create();
        PidFd child = box.start(inside.joinFiles(), "exec sleep 1000");
        box.cgroup.kill();
        assertThat(child.awaitExit(5000)).isTrue();
        box.cgroup.delete(Duration.ofSeconds(5));
        assertThat(inside.exists()).isFalse();
    }

    /** As before Linux 5.14, which has no kill file. */
    @Test
    void killReachesWhatDoesNotFreeze() throws Exception {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        assumeThat(freezer.resolve("tasks")).as("a freezer that holds what was killed").exists();
        assumeThat(((GroupedCgroup) box.cgroup).group()).isInstanceOf(UnifiedGroup.class);
        UnifiedGroup group = (UnifiedGroup) ((GroupedCgroup) box.cgroup).group();
        Path ice = Files.createDirectory(freezer.resolve("wl-ice-" + System.nanoTime()));
        Path state = ice.resolve("freezer.state");
        try {
            PidFd stuck = box.start(List.of(ice.resolve("tasks"), group.joinFile()), "exec sleep 1000");
            Files.writeString(state, "FROZEN");
            TestCgroup.until(() -> Files.readString(state).strip().equals("FROZEN"));
            group.killFrozen();
            Files.writeString(state, "THAWED");
            assertThat(stuck.awaitExit(5000)).isTrue();
        } finally {
            Files.writeString(state, "THAWED");
            box.cgroup.kill();
            box.cgroup.delete(Duration.ofSeconds(5));
            Files.delete(ice);
        }
    }

    @Test
    void execIsKilledWithoutTheContainer() throws Exception {
        PidFd container = box.start(box.cgroup.joinFiles(), "exec sleep 1000");
        ExecGroup exec = box.cgroup.sub("exec-");
        PidFd inside = box.start(exec.joinFiles(), "exec sleep 1000");
        assertThat(exec.pids()).containsExactly(inside.pid());
        assertThat(box.cgroup.pids()).contains(inside.pid(), container.pid());
        exec.kill();
        assertThat(inside.awaitExit(5000)).isTrue();
        exec.delete(Duration.ofSeconds(5));
        exec.delete(Duration.ZERO);
        assertThat(container.hasExited()).isFalse();
    }

    @Test
    void whatAnExecLeavesBecomesTheContainers() throws Exception {
        ExecGroup exec = box.cgroup.sub("exec-");
        PidFd left = box.start(exec.joinFiles(), "sleep 1000 & exec sleep 1000");
        TestCgroup.until(() -> exec.pids().size() == 2);
        exec.leave();
        exec.leave();
        assertThat(directory(exec)).doesNotExist();
        assertThat(box.cgroup.pids()).contains(left.pid()).hasSize(2);
        box.cgroup.kill();
        assertThat(left.awaitExit(5000)).isTrue();
    }

    @Test
    void execNeverMeetsTheCgroupOfAnEarlierDaemon() throws Exception {
        Path first = directory(box.cgroup.sub("exec-"));
        long number = Long.parseLong(first.getFileName().toString().replaceAll("\\D", ""));
        Path taken = Files.createDirectory(first.resolveSibling("exec-" + (number + 1)));
        Path second = directory(box.cgroup.sub("exec-"));
        assertThat(second).isNotEqualTo(taken).isNotEqualTo(first).exists();
    }

    private static Path directory(ExecGroup exec) {
        return exec.joinFiles().getLast().resolveSibling(".").normalize();
    }

    @Test
    void frozenProcessStandsUntilItIsThawed() throws Exception {
        PidFd child = box.start(box.cgroup.joinFiles(), "while :; do :; done");
        box.cgroup.freeze();
        long before = box.cgroup.stats().cpu().usageNanos();
        assertThat(child.awaitExit(50)).isFalse();
        assertThat(box.cgroup.stats().cpu().usageNanos() - before).isLessThan(1_000_000);
        box.cgroup.thaw();
        TestCgroup.until(() -> box.cgroup.stats().cpu().usageNanos() - before >= 1_000_000);
    }

    @Test
    void statsCountWhatAProcessUses() throws Exception {
        box.start(box.cgroup.joinFiles(),
                "x=$(head -c 3000000 /dev/zero | tr '\\0' x); i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; sleep 1000");
        TestCgroup.until(() -> box.cgroup.stats().cpu().usageNanos() >= 10_000_000 && box.cgroup.stats().memory().rss() > MIB && sleeps());
        CgroupStats stats = box.cgroup.stats();
        assertThat(stats.memory().usage()).isPositive();
        assertThat(stats.memory().workingSet()).isPositive().isLessThanOrEqualTo(stats.memory().usage());
        assertThat(stats.memory().pageFaults()).isPositive();
        assertThat(stats.memory().limit()).isEqualTo(-1);
        assertThat(stats.memory().available()).isEqualTo(-1);
        assertThat(stats.pids().current()).isEqualTo(2);
        assertThat(box.cgroup.pressure().isPresent()).isEqualTo(Files.exists(Path.of("/proc/pressure/cpu")));
        box.cgroup.pressure().ifPresent(p -> assertThat(p.cpu().some().totalMicros()).isNotNegative());
    }

    /** The last of the script's steps: from now on there are the shell and sleep, and nothing else comes or goes. */
    private boolean sleeps() throws IOException {
        for (int pid : box.cgroup.pids()) {
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
        box.cgroup.delete(Duration.ofSeconds(1));
        assertThat(box.parent.exists()).isTrue();
    }

    @Test
    void missingCgroupIsNamed() throws Exception {
        Cgroup missing = box.driver.cgroup(box.parent.path().child("missing"));
        assertThatThrownBy(missing::stats).hasMessageContaining("/missing/").hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> missing.apply(SOME)).hasMessageContaining("/missing/");
        assertThatThrownBy(() -> missing.sub("x")).isInstanceOf(ErrnoException.class);
        assertThat(missing.exists()).isFalse();
    }
}

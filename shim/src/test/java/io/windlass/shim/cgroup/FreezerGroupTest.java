package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Mounts;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Spawn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The way of a machine without cgroup2. */
@Timeout(60)
class FreezerGroupTest {
    @Test
    void forkingProcessesAreKilledAndTheCgroupGoes() throws Exception {
        CgroupLayout here = CgroupLayout.of(Mounts.self().stream().filter(m -> !m.type().equals("cgroup2")).toList(),
                Set.of("freezer", "pids"));
        assumeThat(here.of("freezer")).isPresent();
        Cgroup cgroup = new CgroupV1(new CgroupLayout(here.hierarchies(), Optional.empty()),
                new CgroupPath("/wl-freezer-" + System.nanoTime()));
        cgroup.create();
        try {
            StringBuilder join = new StringBuilder();
            cgroup.joinFiles().forEach(f -> join.append("echo 0 > ").append(f).append("; "));
            int pid = Spawn.of("/bin/sh", List.of("sh", "-c", join + "while :; do sleep 1000 & sleep 0.01; done"))
                    .environment(List.of("PATH=/bin")).start();
            try (PidFd child = PidFd.open(pid)) {
                try {
                    Path first = cgroup.joinFiles().getFirst();
                    long deadline = System.nanoTime() + 10_000_000_000L;
                    while (Files.readAllLines(first).size() < 3 && System.nanoTime() < deadline) {
                        Thread.sleep(1);
                    }
                    cgroup.freeze();
                    assertThat(cgroup.pids()).hasSizeGreaterThan(2).contains(pid);
                    cgroup.thaw();
                } finally {
                    cgroup.kill();
                    assertThat(child.waitExit().signal()).isEqualTo(9);
                }
            }
        } finally {
            cgroup.delete(Duration.ofSeconds(10));
        }
        assertThat(cgroup.exists()).isFalse();
        cgroup.kill();
    }
}

package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Mounts;
import io.windlass.shim.spec.MountSpec.CgroupView;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CgroupLayoutTest {
    private static final Set<String> ALL = CgroupLayout.controllers("""
            #subsys_name	hierarchy	num_cgroups	enabled
            cpuset	3	1	1
            cpu	1	1	1
            cpuacct	2	1	1
            blkio	7	1	1
            memory	4	14	1
            devices	5	1	1
            freezer	6	1	1
            pids	8	1	1
            """);

    private static CgroupLayout layout(String mountinfo) {
        return CgroupLayout.of(Mounts.parse(mountinfo.getBytes(StandardCharsets.UTF_8)), ALL);
    }

    @Test
    void controllersMountedTogetherAreOneHierarchy() {
        CgroupLayout layout = layout("""
                31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
                32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
                33 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                34 31 0:33 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio
                35 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer
                36 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
                """);
        assertThat(layout.hierarchies()).extracting(Hierarchy::name).containsExactly("cpu,cpuacct", "memory", "blkio", "freezer");
        assertThat(layout.of("cpuacct")).isEqualTo(layout.of("cpu")).isPresent();
        assertThat(layout.unified()).isEmpty();
    }

    @Test
    void freezerIsLeftOutWhereCgroup2Kills() {
        CgroupLayout layout = layout("""
                33 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                35 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer
                41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """);
        assertThat(layout.hierarchies()).extracting(Hierarchy::name).containsExactly("memory");
        assertThat(layout.unified()).contains(Path.of("/sys/fs/cgroup/unified"));
        assertThat(layout.isV1()).isTrue();
    }

    @Test
    void machineWithCgroup2AloneIsV2AlsoBesideANamedHierarchy() {
        CgroupLayout layout = layout("""
                40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
                41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
                """);
        assertThat(layout.isV1()).isFalse();
    }

    @Test
    void machineWithoutCgroupsIsRefused() {
        assertThatThrownBy(() -> layout("")).hasMessageContaining("mount cgroup2 on /sys/fs/cgroup");
    }

    @Test
    void containersInTheHostsCgroupNamespaceSeeAllOfV2AndTheirOwnOfV1() {
        CgroupPath path = new CgroupPath("/pod/c1");
        CgroupV2 unified = new CgroupV2(Path.of("/sys/fs/cgroup"), path);
        assertThat(unified.views(false)).containsExactly(new CgroupView("", Path.of("/sys/fs/cgroup/pod/c1")));
        assertThat(unified.views(true)).containsExactly(new CgroupView("", Path.of("/sys/fs/cgroup")));
        CgroupV1 split = new CgroupV1(layout("""
                33 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """), path);
        assertThat(split.views(true)).isEqualTo(split.views(false))
                .containsExactly(new CgroupView("memory", Path.of("/sys/fs/cgroup/memory/pod/c1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a", "/a/", "//a", "/a/../b", "/.", "/a\nb"})
    void badPathsAreRefused(String path) {
        assertThatThrownBy(() -> new CgroupPath(path)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cgroup path");
    }
}

package io.windlass.cri.sandbox;

import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.LinuxPodSandboxConfig;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.process.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LauncherInitsTest {

    @Test
    void keepsNoDescriptorOfAnInitThatItCannotNote(@TempDir Path scratch) throws Exception {
        var config = PodSandboxConfig.newBuilder().setLinux(LinuxPodSandboxConfig.newBuilder().setSecurityContext(
                LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(
                        NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE).setIpc(NamespaceMode.NODE).setPid(NamespaceMode.POD))));
        var id = ObjectId.random();
        var cgroups = new DriverCgroups(CgroupDriver.detect(), "/windlass");
        var cgroup = cgroups.plan(id, "", Set.of());
        var sandbox = new SandboxRecord(id, config.build(), "", 0, SandboxState.CREATING, List.of(), cgroup, true);
        var paths = new SandboxPaths(scratch.resolve("not-there"));
        try (var launcher = new Launcher(); var inits = new LauncherInits(launcher, cgroups)) {
            long before = pidfds();
            assertThatThrownBy(() -> inits.ensure(sandbox, paths)).isInstanceOf(IOException.class);
            assertThat(pidfds()).isLessThanOrEqualTo(before);
        } finally {
            cgroups.removeInit(id, cgroup);
            cgroups.remove(id, cgroup, List.of());
        }
    }

    /** Other descriptors come and go with whatever else runs in this JVM. */
    private static long pidfds() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(LauncherInitsTest::isPidfd).count();
        }
    }

    private static boolean isPidfd(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("pidfd");
        } catch (IOException e) {
            return false; // it was closed meanwhile
        }
    }
}

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LauncherInitsTest {

    private static final PodSandboxConfig SHARED = PodSandboxConfig.newBuilder().setLinux(LinuxPodSandboxConfig.newBuilder()
            .setSecurityContext(LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(
                    NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE).setIpc(NamespaceMode.NODE).setPid(NamespaceMode.POD))))
            .build();

    private final ObjectId id = ObjectId.random();
    private final DriverCgroups cgroups = new DriverCgroups(CgroupDriver.detect(), "/windlass");
    private final PodCgroup cgroup = cgroups.plan(id, "", Set.of());
    private final SandboxRecord sandbox = new SandboxRecord(id, SHARED, "", 0, SandboxState.CREATING, List.of(), cgroup, true);

    LauncherInitsTest() throws IOException {}

    @AfterEach
    void remove() throws Exception {
        cgroups.removeInit(id, cgroup);
        cgroups.remove(id, cgroup, List.of());
    }

    @Test
    void keepsNoDescriptorOfAnInitThatItCannotNote(@TempDir Path scratch) throws Exception {
        var paths = new SandboxPaths(scratch.resolve("not-there"));
        try (var launcher = new Launcher(); var inits = new LauncherInits(launcher, cgroups)) {
            long before = pidfds();
            assertThatThrownBy(() -> inits.ensure(sandbox, paths)).isInstanceOf(IOException.class);
            assertThat(pidfds()).isLessThanOrEqualTo(before);
        }
    }

    /** An earlier daemon was killed over it. */
    @Test
    void endsAnInitThatNobodyNoted(@TempDir Path scratch) throws Exception {
        var paths = new SandboxPaths(scratch);
        try (var launcher = new Launcher();
                var earlier = new LauncherInits(launcher, cgroups);
                var inits = new LauncherInits(launcher, cgroups)) {
            earlier.ensure(sandbox, paths);
            Files.delete(paths.init());
            inits.stop(sandbox, paths);
            assertThat(Files.readString(Path.of("/proc/" + earlier.pid(id) + "/stat"))).contains(") Z "); // nobody has waited for it
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

package io.windlass.shim.program;

import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.DeviceSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.ProcessSpec;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.RootSpec;
import io.windlass.shim.spec.StandardMounts;
import io.windlass.shim.spec.UserNamespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UserProgramTest {
    private static final UserNamespace USER = new UserNamespace(Path.of("/pin/user"), 1000, 2000, 65536);
    private static final Namespaces OWN = Namespaces.ofPod(Path.of("/pin/net"), Path.of("/pin/ipc"), Path.of("/pin/uts")).in(USER);

    private static String listing(Namespaces namespaces, boolean bindDevices, MountSpec... mounts) {
        List<MountSpec> all = new ArrayList<>(StandardMounts.of(false, List.of()));
        all.addAll(List.of(mounts));
        LinuxSpec linux = new LinuxSpec(namespaces, CgroupJoin.NONE, Resources.NONE, LinuxSpec.DEFAULT_MASKED, List.of(),
                List.of(new DeviceSpec("/dev/fuse", DeviceSpec.Kind.CHARACTER, 10, 229, 0666, 0, 0, Path.of("/dev/host-fuse"))), Map.of());
        RootSpec root = new RootSpec.Overlay(Path.of("/base"), List.of("1", "2"), "3/fs", "3/work", false);
        ContainerSpec spec = new ContainerSpec(ProcessSpec.of(List.of("true"), List.of()), root, "", all, linux);
        return new ProgramCompiler(Architecture.X86_64, -1).container(spec, false, bindDevices).listing();
    }

    private static void inOrder(String listing, String... steps) {
        int at = 0;
        for (String step : steps) {
            int next = listing.indexOf(step, at);
            assertThat(next).as("\"%s\" in\n%s", step, listing.substring(Math.max(0, at - 1))).isNotNegative();
            at = next;
        }
    }

    @Test
    void usesTheHostsPowersBeforeItEntersAndMakesTheRestInside() {
        MountSpec.Bind volume = MountSpec.Bind.of("/data", Path.of("/volume"), false).idMapped(true);
        MountSpec image = new MountSpec.Image("/model", Path.of("/base"), List.of("4", "5"), "sub", java.util.Set.of());
        inOrder(listing(OWN, false, volume, image), "clone3(&{CLONE_PIDFD|CLONE_VM|CLONE_VFORK|CLONE_NEWNS}", "CLONE_NEWNET",
                "\"/pin/user\"",
                "\"/volume\"", "mount_setattr($tree:/data, \"\", AT_EMPTY_PATH, &{IDMAP}", "open_tree(AT_FDCWD, \"/dev/null\"",
                "\"/dev/host-fuse\"",
                "MS_REC|MS_PRIVATE", "mount_setattr($mapped, \"\", AT_EMPTY_PATH, &{IDMAP}",
                "move_mount($mapped, \"\", AT_FDCWD, \"/base\"",
                "\"lowerdir=4:5\"", "setfsuid(1000)", "\"lowerdir=1:2,", "setfsuid(0)", "fchown(1, 1000, 2000)", "CLONE_NEWUSER",
                "setresuid(0, 0, 0)",
                "clone3(&{CLONE_PARENT|CLONE_NEWNS|CLONE_NEWPID}", "unshare(CLONE_NEWCGROUP)", "fsopen(\"proc\"", "fsopen(\"sysfs\"",
                "pivot_root(",
                "move_mount($tree:/dev/fuse, \"\", AT_FDCWD, \"/dev/fuse\"", "execve(");
    }

    @Test
    void isBornLastWhereTheProcessesAreShared() {
        Namespaces shared = new Namespaces(OWN.net(), OWN.ipc(), OWN.uts(), NamespaceSpec.join(Path.of("/pin/pid")), NamespaceSpec.NEW,
                USER);
        inOrder(listing(shared, false), "clone3(&{CLONE_PIDFD|CLONE_VM|CLONE_VFORK|CLONE_NEWNS}", "CLONE_NEWPID", "CLONE_NEWUSER",
                "unshare(CLONE_NEWNS)", "\"pidns\"", "pivot_root(", "capset(", "close_range(4", "clone3(&{CLONE_PARENT}", "execve(");
    }

    @Test
    void makesNodesWhereItMay() {
        Namespaces host = Namespaces.allNew();
        assertThat(listing(host, false)).contains("mknodat(AT_FDCWD, \"/dev/fuse\", 020666, 10:229)").doesNotContain("CLONE_NEWUSER",
                "IDMAP",
                "\"/dev/host-fuse\"");
        assertThat(listing(host, true)).contains("open_tree(AT_FDCWD, \"/dev/host-fuse\"").doesNotContain("10:229", "1:3)");
    }

    @Test
    void cannotMapAVolumeWithoutAUserNamespace() {
        MountSpec.Bind volume = MountSpec.Bind.of("/data", Path.of("/volume"), false).idMapped(true);
        assertThatThrownBy(() -> listing(Namespaces.allNew(), false, volume))
                .hasMessageContaining("/data: ID-mapping needs a user namespace");
    }

    @Test
    void refusesMappingsBeyond32Bits() {
        Stream.of(new long[]{0, 0, 0}, new long[]{-1, 0, 1}, new long[]{0xffffffffL, 0, 1}, new long[]{0, 4_294_967_000L, 65536})
                .forEach(m -> assertThatThrownBy(() -> new UserNamespace(Path.of("/u"), m[0], m[1], m[2]))
                        .isInstanceOf(IllegalArgumentException.class));
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void holdsNamespaces(Architecture architecture) {
        String listing = new ProgramCompiler(architecture, -1).holder(NamespaceSpec.NEW, NamespaceSpec.HOST, NamespaceSpec.NEW).listing();
        inOrder(listing, "unshare(CLONE_NEWUSER|CLONE_NEWNET|CLONE_NEWUTS)", "write(3,", "close_range(1,", "read(0,", "exit_group(0)");
    }
}

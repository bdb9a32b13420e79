package io.windlass.cri.container.spec;

import com.google.protobuf.ByteString;
import io.windlass.cri.container.spec.DeviceRules.GivenDevice;
import io.windlass.cri.container.spec.SpecInput.CgroupPlace;
import io.windlass.cri.sandbox.PodNamespaces;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.KeyValue;
import io.windlass.cri.v1.LinuxContainerConfig;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.shim.program.Architecture;
import io.windlass.shim.program.ProgramCompiler;
import io.windlass.shim.spec.Capability;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.DeviceSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.RootSpec;
import io.windlass.shim.spec.Seccomp.Abi;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SpecBuilderTest {
    private static final NamespaceSpec POD_PID = NamespaceSpec.join(Path.of("/pod/pid"));

    @Test
    void buildsAnOrdinaryContainer() {
        var spec = build(ContainerConfig.newBuilder().addEnvs(variable("A", "1")), context());
        assertThat(spec.process().args()).containsExactly("/bin/app", "serve");
        assertThat(spec.process().env()).containsExactly("PATH=/image/bin", "HOSTNAME=pod", "A=1", "HOME=/srv");
        assertThat(spec.process().cwd()).isEqualTo("/work");
        assertThat(spec.process().user().uid()).isEqualTo(7);
        assertThat(spec.process().terminal()).isFalse();
        assertThat(spec.linux().namespaces().pid()).isEqualTo(POD_PID);
        assertThat(spec.linux().namespaces().cgroup()).isEqualTo(NamespaceSpec.NEW);
        assertThat(spec.mounts()).extracting(MountSpec::destination).containsExactly("/proc", "/dev", "/dev/mqueue", "/sys",
                "/etc/hosts");
    }

    @Test
    void givesAPidNamespaceOfItsOwnWhenAsked() {
        var own = context().setNamespaceOptions(NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER));
        assertThat(build(ContainerConfig.newBuilder(), own).linux().namespaces().pid()).isEqualTo(NamespaceSpec.NEW);
    }

    @Test
    void hidesWhatTheRequestSaysAndTheUsualWithoutAnySecurityContext() {
        assertThat(build(ContainerConfig.newBuilder(), context()).linux().maskedPaths()).isEmpty();
        assertThat(build(ContainerConfig.newBuilder(), context().addMaskedPaths("/proc/x")).linux().maskedPaths())
                .containsExactly("/proc/x");
        var silent = SpecBuilder.build(input(ContainerConfig.newBuilder().build(), List.of()));
        assertThat(silent.linux().maskedPaths()).isEqualTo(LinuxSpec.DEFAULT_MASKED);
        assertThat(silent.linux().readonlyPaths()).isEqualTo(LinuxSpec.DEFAULT_READONLY);
    }

    @Test
    void opensEverythingToAPrivilegedContainer() {
        var spec = build(ContainerConfig.newBuilder(), context().setPrivileged(true).addMaskedPaths("/proc/x").addReadonlyPaths("/proc"));
        assertThat(spec.linux().maskedPaths()).isEmpty();
        assertThat(spec.linux().readonlyPaths()).isEmpty();
        assertThat(spec.process().capabilities().bounding()).hasSize(Capability.values().length);
        assertThat(spec.linux().namespaces().cgroup()).isEqualTo(NamespaceSpec.HOST);
        assertThat(spec.linux().resources().devices())
                .containsExactly(new Resources.DeviceRule(true, 'a', null, null, "rwm"));
    }

    @Test
    void letsAMountOfTheRequestReplaceAStandardOne() {
        var mounts = List.<MountSpec>of(MountSpec.Bind.of("/dev/", Path.of("/host/dev"), false),
                MountSpec.Bind.of("/sys", Path.of("/host/sys"), true));
        var spec = SpecBuilder.build(input(ContainerConfig.newBuilder().build(), mounts));
        assertThat(spec.mounts()).extracting(MountSpec::destination).containsExactly("/proc", "/dev", "/sys");
    }

    @Test
    void setsTermAndPrefersTheRequestsDirectory() {
        var spec = build(ContainerConfig.newBuilder().setTty(true).setWorkingDir("/there").addCommand("sh"), context());
        assertThat(spec.process().env()).contains("TERM=xterm");
        assertThat(spec.process().terminal()).isTrue();
        assertThat(spec.process().cwd()).isEqualTo("/there");
        assertThat(spec.process().args()).containsExactly("sh");
    }

    @Test
    void refusesARelativeDirectory() {
        assertThatThrownBy(() -> build(ContainerConfig.newBuilder().setWorkingDir("there"), context()))
                .hasMessage("working_dir \"there\" is not absolute");
    }

    @Test
    void allowsTheDevicesItGives() {
        var fuse = new DeviceSpec("/dev/fuse", DeviceSpec.Kind.CHARACTER, 10, 229, 0666, 0, 0);
        var in = new SpecInput(ContainerConfig.getDefaultInstance(), input(ContainerConfig.getDefaultInstance(), List.of()).resources(),
                image(), user(), "pod", namespaces(), root(), List.of(), List.of(new GivenDevice(fuse, "rw")),
                new CgroupPlace(CgroupJoin.NONE, List.of()), null, null, node());
        var spec = SpecBuilder.build(in);
        assertThat(spec.linux().devices()).containsExactly(fuse);
        assertThat(spec.linux().resources().devices()).first().isEqualTo(new Resources.DeviceRule(false, 'a', null, null, "rwm"));
        assertThat(spec.linux().resources().devices()).as("net/tun").contains(new Resources.DeviceRule(true, 'c', 10, 200, "rwm"));
        assertThat(spec.linux().resources().devices()).last().isEqualTo(new Resources.DeviceRule(true, 'c', 10, 229, "rw"));
    }

    @Test
    void buildsTheUsualContainerWithItsFilter() {
        var spec = UsualContainer.build(node());
        assertThat(spec.process().seccomp()).isNotNull();
        assertThat(new ProgramCompiler(Architecture.X86_64, -1).container(spec, false, false).code()).isNotEmpty();
    }

    private static ContainerSpec build(ContainerConfig.Builder config, LinuxContainerSecurityContext.Builder context) {
        var linux = LinuxContainerConfig.newBuilder().setSecurityContext(context);
        return SpecBuilder.build(input(config.setLinux(linux).build(), List.of(MountSpec.Bind.of("/etc/hosts", Path.of("/h"), false))));
    }

    private static SpecInput input(ContainerConfig config, List<MountSpec> mounts) {
        return new SpecInput(config, config.getLinux().getResources(), image(), user(), "pod", namespaces(), root(), mounts, List.of(),
                new CgroupPlace(CgroupJoin.NONE, List.of()), null, null, node());
    }

    private static ImageFacts image() {
        return new ImageFacts("sha256:1", "r@sha256:2", "r:t", "sha256:3", "", List.of("/bin/app"), List.of("serve"),
                List.of("PATH=/image/bin"), "work", "", List.of());
    }

    private static ContainerUser user() {
        return new ContainerUser(7, 8, List.of(8), "/srv");
    }

    private static PodNamespaces namespaces() {
        return new PodNamespaces(NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.HOST, POD_PID);
    }

    private static RootSpec root() {
        return new RootSpec.Directory(Path.of("/root"), false);
    }

    private static SpecInput.Node node() {
        return new SpecInput.Node(Abi.X86_64, EnumSet.allOf(Capability.class), List.of(), 0, -1000);
    }

    private static LinuxContainerSecurityContext.Builder context() {
        return LinuxContainerSecurityContext.newBuilder();
    }

    private static KeyValue variable(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)).build();
    }
}

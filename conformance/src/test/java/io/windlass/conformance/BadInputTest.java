package io.windlass.conformance;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.CDIDevice;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.LinuxContainerSecurityContext;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxStatsRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import io.windlass.cri.v1.StartContainerRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Requests that cannot be fulfilled: refused by a code and a message, and nothing is left behind. */
@OnNode
class BadInputTest {

    /** A sandbox that must not come to be. */
    enum BadSandbox {
        NO_METADATA(c -> c.clearMetadata()), //
        NO_NAME(c -> c.getMetadataBuilder().clearName()), //
        UNSAFE_SYSCTL(c -> c.getLinuxBuilder().putSysctls("kernel.core_pattern", "|/bin/sh")), //
        PLUS_IN_SYSCTL(c -> c.getLinuxBuilder().putSysctls("kernel.shm_rmid_forced", "1+kernel.core_pattern=x")), //
        CONTAINER_PORT_0(c -> c.addPortMappingsBuilder().setHostPort(8080)), //
        CONTAINER_PORT_65536(c -> c.addPortMappingsBuilder().setHostPort(8080).setContainerPort(65536)), //
        HOST_PORT_65536(c -> c.addPortMappingsBuilder().setContainerPort(80).setHostPort(65536)), //
        HOST_IP_THAT_IS_A_NAME(c -> c.addPortMappingsBuilder().setContainerPort(80).setHostPort(8080).setHostIp("localhost")), //
        SYSCTL_OF_THE_NODE(c -> c.getLinuxBuilder().putSysctls("vm.overcommit_memory", "1")), //
        SYSCTL_WITH_SLASHES(c -> c.getLinuxBuilder().putSysctls("net/../kernel/core_pattern", "x")), //
        SYSCTL_WITH_DOTS(c -> c.getLinuxBuilder().putSysctls("net...kernel.core_pattern", "x")), //
        SYSCTL_WITH_A_NEWLINE(c -> c.getLinuxBuilder().putSysctls("kernel.shmmax", "1\nkernel.core_pattern=x")), //
        SYSCTL_WITH_DOTS_BY_SLASHES(c -> c.getLinuxBuilder().putSysctls("net.//.kernel.core_pattern", "x")), //
        SYSCTL_OF_THE_NODE_BY_SLASHES(c -> c.getLinuxBuilder().putSysctls("kernel/core_pattern", "x")), //
        SYSCTL_WITH_A_WRONG_VALUE(c -> c.getLinuxBuilder().putSysctls("net.ipv4.ip_forward", "many")), //
        HOSTNAME_OF_TOO_MANY_LETTERS(c -> c.setHostname("a".repeat(65))), //
        NEWLINE_IN_A_RESOLVER(c -> c.getDnsConfigBuilder().addServers("10.0.0.1\noptions x")), //
        LOG_DIRECTORY_THAT_LEAVES(c -> c.setLogDirectory("/var/log/../../etc")), //
        NUL_IN_THE_LOG_DIRECTORY(c -> c.setLogDirectory("/var/log\0x")), //
        CONTROL_CHARACTER_IN_THE_NAME(c -> c.getMetadataBuilder().setName("a\nb")), //
        UNKNOWN_NETWORK_MODE(namespaces(o -> o.setNetworkValue(9))), //
        UNKNOWN_IPC_MODE(namespaces(o -> o.setIpcValue(9))), //
        UNKNOWN_PID_MODE(namespaces(o -> o.setPidValue(9))), //
        UNKNOWN_USER_NAMESPACE_MODE(namespaces(o -> o.getUsernsOptionsBuilder().setModeValue(9))), //
        UNKNOWN_GROUPS_POLICY(c -> c.getLinuxBuilder().getSecurityContextBuilder().setSupplementalGroupsPolicyValue(9)), //
        UNKNOWN_SECCOMP_TYPE(c -> c.getLinuxBuilder().getSecurityContextBuilder().getSeccompBuilder().setProfileTypeValue(9)), //
        UNKNOWN_PROTOCOL(c -> c.addPortMappingsBuilder().setContainerPort(80).setHostPort(8080).setProtocolValue(9)), //
        SYSCTL_OF_THE_HOSTS_IPC(c -> {
            c.getLinuxBuilder().putSysctls("kernel.shm_rmid_forced", "1");
            c.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setIpc(NamespaceMode.NODE);
        }), //
        SYSCTL_OF_THE_HOSTS_NETWORK(c -> {
            c.getLinuxBuilder().putSysctls("net.ipv4.ip_forward", "1");
            c.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setNetwork(NamespaceMode.NODE);
        });

        private final Consumer<PodSandboxConfig.Builder> change;

        BadSandbox(Consumer<PodSandboxConfig.Builder> change) {
            this.change = change;
        }
    }

    private static Consumer<PodSandboxConfig.Builder> namespaces(Consumer<NamespaceOption.Builder> change) {
        return c -> change.accept(c.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder());
    }

    /** A container that must not come to be. */
    enum BadContainer {
        NO_METADATA(c -> c.clearMetadata()), //
        LOG_PATH_THAT_LEAVES(c -> c.setLogPath("../../x.log")), //
        NUL_IN_ENVIRONMENT(c -> c.addEnvsBuilder().setKey("A").setValue(ByteString.copyFromUtf8("b\0c"))), //
        USER_BEYOND_31_BITS(c -> c.getLinuxBuilder().getSecurityContextBuilder().getRunAsUserBuilder().setValue(1L << 31)), //
        USER_NAME_OF_TOO_MANY_DIGITS(c -> c.getLinuxBuilder().getSecurityContextBuilder().setRunAsUsername("4294967296")), //
        NEGATIVE_USER(security(s -> s.getRunAsUserBuilder().setValue(-1))), //
        GROUP_BEYOND_31_BITS(security(s -> {
            s.getRunAsUserBuilder().setValue(1);
            s.getRunAsGroupBuilder().setValue(1L << 31);
        })), //
        GROUP_WITHOUT_A_USER(security(s -> s.getRunAsGroupBuilder().setValue(5))), //
        SUPPLEMENTAL_GROUP_BEYOND_31_BITS(security(s -> s.addSupplementalGroups(1L << 32))), //
        NEGATIVE_SUPPLEMENTAL_GROUP(security(s -> s.addSupplementalGroups(-1))), //
        USER_NAME_WITH_A_GROUP(security(s -> s.setRunAsUsername("app:app"))), //
        USER_NAME_WITH_A_NEWLINE(security(s -> s.setRunAsUsername("app\nroot"))), //
        USER_NAME_WITH_A_NUL(security(s -> s.setRunAsUsername("app\0"))), //
        EMPTY_CAPABILITY(security(s -> s.getCapabilitiesBuilder().addAddCapabilities(""))), //
        CAPABILITY_OF_A_PREFIX(security(s -> s.getCapabilitiesBuilder().addAddCapabilities("CAP_"))), //
        UNKNOWN_CAPABILITY_TO_DROP(security(s -> s.getCapabilitiesBuilder().addDropCapabilities("FLY"))), //
        UNKNOWN_AMBIENT_CAPABILITY(security(s -> s.getCapabilitiesBuilder().addAddAmbientCapabilities("FLY"))), //
        PRIVILEGED_IN_AN_ORDINARY_SANDBOX(security(s -> s.setPrivileged(true))), //
        RELATIVE_MASKED_PATH(security(s -> s.addMaskedPaths("proc/kcore"))), //
        NUL_IN_A_READ_ONLY_PATH(security(s -> s.addReadonlyPaths("/proc/sys\0x"))), //
        UNKNOWN_SECCOMP_PROFILE(security(s -> s.setSeccompProfilePath("strict"))), //
        UNKNOWN_APPARMOR_PROFILE(security(s -> s.setApparmorProfile("strict"))), //
        UNKNOWN_PROFILE_TYPE(security(s -> s.getSeccompBuilder().setProfileTypeValue(9))), //
        UNKNOWN_APPARMOR_TYPE(security(s -> s.getApparmorBuilder().setProfileTypeValue(9))), //
        UNKNOWN_GROUPS_POLICY(security(s -> s.setSupplementalGroupsPolicyValue(9))), //
        UNKNOWN_NAMESPACE_MODE(security(s -> s.getNamespaceOptionsBuilder().setPidValue(9))), //
        UNKNOWN_NETWORK_MODE(security(s -> s.getNamespaceOptionsBuilder().setNetworkValue(9))), //
        UNKNOWN_IPC_MODE(security(s -> s.getNamespaceOptionsBuilder().setIpcValue(9))), //
        UNKNOWN_USER_NAMESPACE_MODE(security(s -> s.getNamespaceOptionsBuilder().getUsernsOptionsBuilder().setModeValue(9))), //
        UNKNOWN_PROPAGATION(c -> c.addMountsBuilder().setHostPath("/tmp").setContainerPath("/t").setPropagationValue(9)), //
        UNKNOWN_STOP_SIGNAL(c -> c.setStopSignalValue(99)), //
        NAME_OF_A_VARIABLE_WITH_EQUALS(c -> c.addEnvsBuilder().setKey("A=B")), //
        VARIABLE_WITHOUT_A_NAME(c -> c.addEnvsBuilder().setValue(ByteString.copyFromUtf8("x"))), //
        NEWLINE_IN_HOME(c -> c.addEnvsBuilder().setKey("HOME").setValue(ByteString.copyFromUtf8("/\nroot:x:0:0"))), //
        NUL_IN_THE_COMMAND(c -> c.addCommand("a\0b")), //
        NUL_IN_AN_ARGUMENT(c -> c.addArgs("a\0b")), //
        NUL_IN_THE_WORKING_DIRECTORY(c -> c.setWorkingDir("/a\0b")), //
        RELATIVE_WORKING_DIRECTORY(c -> c.setWorkingDir("a")), //
        ABSOLUTE_LOG_PATH(c -> c.setLogPath("/etc/cron.d/x")), //
        NUL_IN_THE_LOG_PATH(c -> c.setLogPath("a\0.log")), //
        NO_IMAGE(c -> c.clearImage()), //
        MOUNT_WITHOUT_A_TARGET(c -> c.addMounts(Mount.newBuilder().setHostPath("/tmp"))), //
        NUL_IN_A_MOUNT_TARGET(c -> c.addMounts(Mount.newBuilder().setHostPath("/tmp").setContainerPath("/t\0x"))), //
        NUL_IN_A_MOUNT_SOURCE(c -> c.addMounts(Mount.newBuilder().setHostPath("/tmp\0x").setContainerPath("/t"))), //
        RELATIVE_DEVICE(c -> c.addDevicesBuilder().setHostPath("dev/null").setContainerPath("/dev/x")), //
        DEVICE_FOR_ALL_OF_DEV(c -> c.addDevicesBuilder().setHostPath("/dev/null").setContainerPath("/etc/../dev")), //
        DEVICE_AT_A_RELATIVE_PATH(c -> c.addDevicesBuilder().setHostPath("/dev/null").setContainerPath("etc/x")), //
        NUL_IN_A_DEVICE(c -> c.addDevicesBuilder().setHostPath("/dev/null").setContainerPath("/dev/x\0y")), //
        DEVICE_THAT_IS_A_FILE(c -> c.addDevicesBuilder().setHostPath("/etc/passwd").setContainerPath("/dev/x")), //
        UNKNOWN_ACCESS_TO_A_DEVICE(c -> c.addDevicesBuilder().setHostPath("/dev/null").setContainerPath("/dev/x").setPermissions("rx")), //
        OOM_SCORE_BEYOND_A_THOUSAND(c -> c.getLinuxBuilder().getResourcesBuilder().setOomScoreAdj(1001)), //
        NEGATIVE_PERIOD(c -> c.getLinuxBuilder().getResourcesBuilder().setCpuPeriod(-1)), //
        PERIOD_OF_500(c -> c.getLinuxBuilder().getResourcesBuilder().setCpuPeriod(500).setCpuQuota(2000)), //
        CPUSET_THAT_IS_NO_LIST(c -> c.getLinuxBuilder().getResourcesBuilder().setCpusetCpus("0-1,x")), //
        UNIFIED_FILE_THAT_LEAVES(c -> c.getLinuxBuilder().getResourcesBuilder().putUnified("../memory.max", "1")), //
        UNKNOWN_CAPABILITY(c -> c.getLinuxBuilder().getSecurityContextBuilder().getCapabilitiesBuilder().addAddCapabilities("FLY")), //
        RELATIVE_MOUNT(c -> c.addMounts(Mount.newBuilder().setHostPath("/tmp").setContainerPath("t"))), //
        RECURSIVE_READ_ONLY_WITHOUT_READ_ONLY(
                c -> c.addMounts(Mount.newBuilder().setHostPath("/tmp").setContainerPath("/t").setRecursiveReadOnly(true))), //
        MEMORY_BELOW_THE_MINIMUM(c -> c.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(1000));

        private final Consumer<ContainerConfig.Builder> change;

        BadContainer(Consumer<ContainerConfig.Builder> change) {
            this.change = change;
        }
    }

    /** A sandbox that this node cannot have. */
    enum ImpossibleSandbox {
        SYSCTL_THAT_IS_NOT_THERE(c -> c.getLinuxBuilder().putSysctls("net.ipv4.of_another_day", "1")), //
        SYSCTL_OF_AN_INTERFACE_THAT_IS_NOT_THERE(c -> c.getLinuxBuilder().putSysctls("net.ipv4.conf.eth0/100.rp_filter", "1"));

        private final Consumer<PodSandboxConfig.Builder> change;

        ImpossibleSandbox(Consumer<PodSandboxConfig.Builder> change) {
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesASandboxThatThisNodeCannotHave(ImpossibleSandbox bad, Node node) {
        Failure.of(node, Code.FAILED_PRECONDITION, () -> Pod.run(node, bad.change).close());
    }

    /** A container that this node cannot have. */
    enum ImpossibleContainer {
        USER_THAT_IS_NOT_IN_THE_IMAGE(security(s -> s.setRunAsUsername("stranger"))), //
        USER_NAME_OF_A_SIGN_AND_DIGITS(security(s -> s.setRunAsUsername("-1"))), //
        ABSENT_CPU(c -> c.getLinuxBuilder().getResourcesBuilder().setCpusetCpus("0,9999")), //
        ABSENT_SECCOMP_PROFILE(security(s -> s.setSeccompProfilePath("localhost//nowhere/x.json"))), //
        ABSENT_APPARMOR_PROFILE(security(s -> s.setApparmorProfile("localhost/of-another-node"))), //
        ABSENT_DEVICE(c -> c.addDevicesBuilder().setHostPath("/dev/of-another-node").setContainerPath("/dev/x"));

        private final Consumer<ContainerConfig.Builder> change;

        ImpossibleContainer(Consumer<ContainerConfig.Builder> change) {
            this.change = change;
        }
    }

    private static Consumer<ContainerConfig.Builder> security(Consumer<LinuxContainerSecurityContext.Builder> change) {
        return ProcessTest.user(change);
    }

    @ParameterizedTest
    @EnumSource
    void refusesAContainerThatThisNodeCannotHave(ImpossibleContainer bad, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure.of(node, Code.FAILED_PRECONDITION, () -> pod.start(bad.change.andThen(c -> c.addCommand("true"))));
        }
    }

    @Test
    void refusesAnAppArmorProfileWhereTheKernelHasNone(Node node) throws Exception {
        assumeThat(Path.of("/sys/kernel/security/apparmor")).as("AppArmor is in use").doesNotExist();
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION,
                    () -> pod.start(security(s -> s.getApparmorBuilder().setProfileType(ProfileType.RuntimeDefault))
                            .andThen(c -> c.addCommand("true"))));
            assertThat(failure.message()).containsIgnoringCase("apparmor");
            assertThat(pod.script("echo without").output()).isEqualTo("without\n");
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "runs the container without the label")
    void refusesASeLinuxLabelWhereTheKernelHasNone(Node node) throws Exception {
        assumeThat(Path.of("/sys/fs/selinux/enforce")).as("SELinux is in use").doesNotExist();
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION,
                    () -> pod.start(security(s -> s.getSelinuxOptionsBuilder().setLevel("s0:c1,c2")).andThen(c -> c.addCommand("true"))));
            assertThat(failure.message()).contains("SELinux");
        }
    }

    /** A command that must not run. */
    enum BadCommand {
        NONE(e -> e.clearCmd()), //
        NUL(e -> e.addCmd("a\0b")), //
        NEGATIVE_TIMEOUT(e -> e.addCmd("true").setTimeout(-1));

        private final Consumer<ExecSyncRequest.Builder> change;

        BadCommand(Consumer<ExecSyncRequest.Builder> change) {
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "takes a negative timeout for none")
    void refusesACommand(BadCommand bad, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            ExecSyncRequest.Builder request = ExecSyncRequest.newBuilder().setContainerId(container.id());
            bad.change.accept(request);
            Failure.of(node, Code.INVALID_ARGUMENT, () -> node.cri().runtime().execSync(request.build()));
            container.sh("true");
        }
    }

    @Test
    void refusesACommandInAContainerThatHasExited(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("true");
            container.awaitExit();
            Failure.of(node, Code.FAILED_PRECONDITION, () -> container.exec("true"));
        }
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "takes lines in a resolver, a log directory that leaves and more, and leaves a link behind at port 0")
    void refusesASandbox(BadSandbox bad, Node node) {
        Failure.of(node, Code.INVALID_ARGUMENT, () -> Pod.run(node, bad.change).close());
    }

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "takes most of these, or fails at the start only")
    void refusesAContainer(BadContainer bad, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(bad.change.andThen(c -> c.addCommand("true"))));
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    /** A device plugin's answer; without the device the container would fail later, or worse, not. */
    @Test
    @DiffersOn(value = "containerd", why = "1.6 does not know CDI")
    void refusesDevicesByCdi(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            List<Consumer<ContainerConfig.Builder>> asking = List.of(
                    c -> c.addCDIDevices(CDIDevice.newBuilder().setName("vendor.example/gpu=0")),
                    c -> c.putAnnotations("cdi.k8s.io/vendor.example_gpu", "vendor.example/gpu=0"));
            for (Consumer<ContainerConfig.Builder> change : asking) {
                assertThat(
                        Failure.of(node, Code.FAILED_PRECONDITION, () -> pod.create(change.andThen(c -> c.addCommand("true")))).message())
                        .contains("vendor.example", "CDI");
            }
        }
    }

    @Test
    void refusesARequestWithoutAConfig(Node node) {
        Failure.of(node, Code.INVALID_ARGUMENT, () -> node.cri().runtime().runPodSandbox(RunPodSandboxRequest.getDefaultInstance()));
    }

    @Test
    void refusesAHandlerThatIsNotThere(Node node) throws Exception {
        PodSandboxConfig config = Pod.config(node).build();
        Failure failure = Failure.of(node, Code.INVALID_ARGUMENT,
                () -> node.cri().runtime()
                        .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler("gvisor").build()));
        assertThat(failure.message()).contains("gvisor");
    }

    @Test
    void refusesAContainerInASandboxThatIsNotThere(Node node) {
        Failure.of(node, Code.NOT_FOUND, () -> node.cri().runtime().createContainer(CreateContainerRequest.newBuilder()
                .setPodSandboxId("0".repeat(64))
                .setConfig(ContainerConfig.newBuilder().setMetadata(ContainerMetadata.newBuilder().setName("x"))
                        .setImage(ImageSpec.newBuilder().setImage("x")))
                .build()));
    }

    @Test
    void refusesAContainerOfAnImageThatIsNotThere(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(node, Code.NOT_FOUND,
                    () -> pod.create(c -> c.getImageBuilder().setImage("registry.test/absent:1")));
            assertThat(failure.message()).contains("registry.test/absent:1");
        }
    }

    @Test
    void refusesAContainerInASandboxThatWasStopped(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer before = pod.create(c -> c.addCommand("true"));
            pod.stop();
            Failure.of(node, Code.FAILED_PRECONDITION, before::start);
            Failure.of(node, Code.FAILED_PRECONDITION, () -> pod.create(c -> c.addCommand("true")));
        }
    }

    @Test
    void refusesASecondStart(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            Failure.of(node, Code.FAILED_PRECONDITION, container::start);
            container.sh("true");
        }
    }

    @Test
    void refusesToStartWhatIsNotThere(Node node) {
        Failure failure = Failure
                .of(() -> node.cri().runtime().startContainer(StartContainerRequest.newBuilder().setContainerId("0".repeat(64)).build()));
        assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void saysNotFoundForTheStatsOfNoPod(Node node) {
        Failure.of(node, Code.NOT_FOUND, () -> node.cri().runtime().podSandboxStats(PodSandboxStatsRequest.getDefaultInstance()));
    }
}

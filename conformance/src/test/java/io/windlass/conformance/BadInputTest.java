package io.windlass.conformance;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerMetadata;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxStatsRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

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
        SYSCTL_OF_THE_HOSTS_NETWORK(c -> {
            c.getLinuxBuilder().putSysctls("net.ipv4.ip_forward", "1");
            c.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setNetwork(NamespaceMode.NODE);
        });

        private final Consumer<PodSandboxConfig.Builder> change;

        BadSandbox(Consumer<PodSandboxConfig.Builder> change) {
            this.change = change;
        }
    }

    /** A container that must not come to be. */
    enum BadContainer {
        NO_METADATA(c -> c.clearMetadata()), //
        LOG_PATH_THAT_LEAVES(c -> c.setLogPath("../../x.log")), //
        NUL_IN_ENVIRONMENT(c -> c.addEnvsBuilder().setKey("A").setValue(ByteString.copyFromUtf8("b\0c"))), //
        USER_BEYOND_31_BITS(c -> c.getLinuxBuilder().getSecurityContextBuilder().getRunAsUserBuilder().setValue(1L << 31)), //
        USER_NAME_OF_TOO_MANY_DIGITS(c -> c.getLinuxBuilder().getSecurityContextBuilder().setRunAsUsername("4294967296")), //
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

    @ParameterizedTest
    @EnumSource
    @DiffersOn(value = "containerd", why = "takes most of these, or panics at some")
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

    @Test
    @DiffersOn(value = "containerd", why = "panics, recovers and answers Unknown")
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

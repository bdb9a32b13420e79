package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.MountPropagation;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.StatusResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class MountOptionTest {

    @Test
    @DiffersOn(value = "containerd", why = "1.6 ignores mount_options")
    void isTakenFromTheRequest(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/options");
        Files.copy(Path.of("/bin/busybox"), source.resolve("busybox"), java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Consumer<ContainerConfig.Builder> mount = mount(source,
                m -> m.addAllMountOptions(List.of("noexec", "nosuid", "nodev", "noatime")));
        assertThat(ProcessTest.output(node, mount, "/data/busybox true || echo refused; grep ' /data ' /proc/self/mountinfo"))
                .contains("refused", " rw,nosuid,nodev,noexec,noatime ");
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 ignores mount_options")
    void isRefusedWhenUnknown(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Path source = node.scratch().directory("mounts/options");
            for (String option : List.of("rshared", "NOEXEC", "", "upperdir=/etc")) {
                Failure failure = Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(mount(source, m -> m.addMountOptions(option))));
                assertThat(failure.message()).contains("/data", "\"" + option + "\"");
            }
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 has no recursive_read_only")
    void readOnlyHoldsBelowWhenRecursive(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/recursive");
        Command.output("mount", "-t", "tmpfs", "tmpfs", Files.createDirectories(source.resolve("below")).toString());
        try (Pod pod = Pod.run(node)) {
            String script = "touch /data/x || echo refused; touch /data/below/x && echo written";
            PodContainer all = pod.start(mount(source, m -> m.setReadonly(true).setRecursiveReadOnly(true))
                    .andThen(c -> c.addAllCommand(List.of("sh", "-c", script + "; grep -c ' /data.* ro,' /proc/self/mountinfo"))));
            assertThat(lines(all)).contains("refused", "2").doesNotContain("written");
            PodContainer top = pod
                    .start(mount(source, m -> m.setReadonly(true)).andThen(c -> c.addAllCommand(List.of("sh", "-c", script))));
            assertThat(lines(top)).contains("refused", "written");
        } finally {
            Command.output("umount", "-l", source.resolve("below").toString());
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 reports no handlers and features")
    void isToldByTheFeatures(Node node) {
        StatusResponse status = node.cri().runtime().status(StatusRequest.getDefaultInstance());
        assertThat(status.getRuntimeHandlersList()).isNotEmpty()
                .allSatisfy(handler -> assertThat(handler.getFeatures().getRecursiveReadOnlyMounts()).isTrue());
        assertThat(status.getFeatures().getMountOptions()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = MountPropagation.class, mode = Mode.INCLUDE, names = {"PROPAGATION_HOST_TO_CONTAINER", "PROPAGATION_BIDIRECTIONAL"})
    void needsASharedSourceToPropagate(MountPropagation propagation, Node node) throws Exception {
        Path source = node.scratch().directory("mounts/private");
        Command.output("mount", "--bind", source.toString(), source.toString());
        try (Pod pod = Pod.run(node, config -> config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true))) {
            Command.output("mount", "--make-private", source.toString());
            Consumer<ContainerConfig.Builder> mount = mount(source, m -> m.setPropagation(propagation));
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION,
                    () -> pod.create(mount.andThen(c -> c.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true))));
            assertThat(failure.message()).contains(source.toString(), "shared");
        } finally {
            Command.output("umount", "-l", source.toString());
        }
    }

    private static List<String> lines(PodContainer container) throws Exception {
        return container.awaitExit().getExitCode() < 2 ? container.log().stream().map(line -> line.text().strip()).toList() : List.of();
    }

    private static Consumer<ContainerConfig.Builder> mount(Path source, UnaryOperator<Mount.Builder> change) {
        return c -> c.addMounts(change.apply(Mount.newBuilder().setHostPath(source.toString()).setContainerPath("/data")));
    }
}

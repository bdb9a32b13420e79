package io.windlass.conformance;

import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Images whose links try to lead mounts, devices and the working directory to the host. After CVE-2021-30465, 2019-19921, 2024-21626, 2026-41579. */
@OnNode
class MountAttackTest {

    @Test
    void mountTargetBehindALinkStaysInTheRoot(Node node) throws Exception {
        String name = "wl-escaped-" + node.next();
        Path source = node.scratch().directory("attack/source");
        Files.writeString(source.resolve("mark"), "mounted\n");
        try (Pulled image = image(node, "target", tar -> tar.symlink("escape", "../../../../../../tmp"));
                Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(of(image).andThen(mount(source, "/escape/" + name))
                    .andThen(c -> c.addCommand("cat").addCommand("/tmp/" + name + "/mark")));
            assertThat(container.output()).isEqualTo("mounted\n");
            assertThat(Path.of("/tmp", name)).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/sys", "/proc/self/attr"})
    void mountTargetBehindALinkIsNotInProcfs(String target, Node node) throws Exception {
        Path source = node.scratch().directory("attack/source");
        try (Pulled image = image(node, "procfs", tar -> tar.symlink("data", target)); Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(() -> pod.start(of(image).andThen(mount(source, "/data")).andThen(c -> c.addCommand("true"))));
            assertThat(failure.message()).contains("/data");
        }
    }

    @Test
    void nothingButAProcfsIsMountedAtProc(Node node) throws Exception {
        Path source = node.scratch().directory("attack/source");
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(() -> pod.start(mount(source, "/proc").andThen(c -> c.addCommand("true"))));
            assertThat(failure.message()).contains("/proc");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "proc", "sys"})
    @DiffersOn(value = "containerd", why = "CVE-2026-41579: Debian's runc follows the one at /dev, and deletes and makes files of the host")
    void linkInThePlaceOfASystemDirectoryIsRefused(String name, Node node) throws Exception {
        Path outside = node.scratch().directory("attack/" + name);
        Path file = node.scratch().write("attack/" + name + "/ptmx", "host\n");
        try (Pulled image = image(node, "system", tar -> tar.symlink(name, outside.toString())); Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(() -> pod.start(of(image).andThen(c -> c.addCommand("true"))));
            assertThat(failure.message()).contains("mount /" + name + ": ELOOP");
        }
        try (Stream<Path> left = Files.list(outside)) {
            assertThat(left).containsExactly(file);
        }
    }

    /** CVE-2024-5154: the directory in which a sandbox's files are mounted is a link of the image. */
    @ParameterizedTest
    @ValueSource(strings = {"%s", "../../../../../..%s"})
    void filesOfTheSandboxAreMountedInTheRoot(String pattern, Node node) throws Exception {
        Path outside = node.scratch().directory("attack/etc");
        try (Pulled image = image(node, "etc", tar -> tar.symlink("etc", pattern.formatted(outside))); Pod pod = Pod.run(node)) {
            try {
                PodContainer container = pod.start(of(image).andThen(c -> c.addAllCommand(List.of("sh", "-c",
                        "cat /etc/hosts > /dev/null && echo found; echo planted > /etc/planted; true"))));
                assertThat(container.output()).isEqualTo("found\n");
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getDescription()).isNotBlank();
            }
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void devicesOfTheImageAreNotUsed(Node node) throws Exception {
        Path outside = node.scratch().write("attack/device", "host\n");
        String directory = node.scratch().directory("attack").toString();
        UnaryOperator<TarLayer> links = tar -> tar.symlink("dev/null", outside.toString()).symlink("dev/console", outside.toString())
                .symlink("dev/pts", directory);
        try (Pulled image = image(node, "device", links); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(of(image).andThen(c -> c.setTty(true).addAllCommand(List.of("sh", "-c",
                    "echo x > /dev/null; echo y > /dev/console; stat -c %t:%T /dev/null; ls /dev/pts/ptmx"))));
            assertThat(container.output()).contains("1:3", "/dev/pts/ptmx");
            assertThat(outside).hasContent("host\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/fd/3", "/proc/self/fd/7", "/proc/self/fd/8", "/proc/self/cwd", "/proc/1/root", "/link"})
    void workingDirectoryIsInTheRoot(String directory, Node node) throws Exception {
        Path secret = node.scratch().write("attack/secret", "secret of the host\n");
        try (Pulled image = image(node, "workdir", tar -> tar.symlink("link", "/proc/self/fd/8/../../.."));
                Pod pod = Pod.run(node)) {
            String script = "cat ../../../../../../.." + secret + " ." + secret + "; true";
            try {
                PodContainer container = pod
                        .start(of(image).andThen(c -> c.setWorkingDir(directory).addAllCommand(List.of("sh", "-c", script))));
                assertThat(container.output()).doesNotContain("secret of");
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
    }

    private static Pulled image(Node node, String name, UnaryOperator<TarLayer> change) throws Exception {
        node.registry().push("attack-" + name, "1", TestImages.busybox().plus(Layer.gzip(change.apply(new TarLayer()))));
        return Pulled.pull(node, node.registry().reference("attack-" + name + ":1"));
    }

    private static Consumer<ContainerConfig.Builder> of(Pulled image) {
        return c -> c.setImage(ImageSpec.newBuilder().setImage(image.name()));
    }

    private static Consumer<ContainerConfig.Builder> mount(Path source, String target) {
        return c -> c.addMounts(Mount.newBuilder().setHostPath(source.toString()).setContainerPath(target));
    }
}

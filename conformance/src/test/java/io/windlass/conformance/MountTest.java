package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.MountPropagation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class MountTest {

    @Test
    void showsADirectoryOfTheHost(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/rw");
        Files.writeString(source.resolve("in"), "from the host\n");
        assertThat(ProcessTest.output(node, mount(source, "/data", m -> m), "cat /data/in; echo out > /data/out"))
                .isEqualTo("from the host\n");
        assertThat(source.resolve("out")).hasContent("out");
    }

    @Test
    void isNotWrittenWhenReadOnly(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/ro");
        assertThat(ProcessTest.output(node, mount(source, "/data", m -> m.setReadonly(true)), "touch /data/x 2>&1 || echo refused"))
                .contains("refused");
        assertThat(source).isEmptyDirectory();
    }

    @Test
    void showsAFileOfTheHost(Node node) throws Exception {
        Path source = node.scratch().write("mounts/file", "one file\n");
        assertThat(ProcessTest.output(node, mount(source, "/etc/some.conf", m -> m), "cat /etc/some.conf")).isEqualTo("one file\n");
    }

    @Test
    void hasAnyNameInUtf8(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/named");
        Files.writeString(source.resolve("in"), "été\n");
        assertThat(ProcessTest.output(node, mount(source, "/données/été", m -> m), "cat /données/été/in")).isEqualTo("été\n");
    }

    @Test
    void makesASourceThatIsNotThereAsADirectory(Node node) throws Exception {
        Path source = node.scratch().resolve("mounts/made/deep");
        assertThat(ProcessTest.output(node, mount(source, "/data", m -> m), "touch /data/x")).isEmpty();
        assertThat(source.resolve("x")).exists();
    }

    @Test
    void followsALinkOnTheHost(Node node) throws Exception {
        Path target = node.scratch().directory("mounts/target");
        Files.writeString(target.resolve("in"), "behind the link\n");
        Path link = node.scratch().resolve("mounts/link");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, target);
        assertThat(ProcessTest.output(node, mount(link, "/data", m -> m), "cat /data/in")).isEqualTo("behind the link\n");
    }

    @Test
    void makesItsPlaceWhereLinksOfTheImageLeadTo(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/linked");
        Path file = Files.writeString(source.resolve("in"), "from the host\n");
        TarLayer links = new TarLayer().symlink("data", "/absent/two/levels").symlink("chain", "data/more").symlink("up",
                "../../absent/up");
        node.registry().push("mount-links", "1", TestImages.busybox().plus(Layer.gzip(links)));
        try (Pulled image = Pulled.pull(node, node.registry().reference("mount-links:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(mount(source, "/data/x", m -> m).andThen(mount(source, "/chain", m -> m))
                    .andThen(mount(file, "/up/etc/conf", m -> m)).andThen(c -> c.setImage(ImageSpec.newBuilder().setImage(image.name()))
                            .addAllCommand(List.of("sh", "-c",
                                    "cd /absent; cat two/levels/x/in two/levels/more/in up/etc/conf; stat -c %a:%u two up"))));
            assertThat(container.output()).isEqualTo("from the host\n".repeat(3) + "755:0\n755:0\n");
            assertThat(Path.of("/absent")).doesNotExist();
        }
    }

    @Test
    void stillShowsWhatTheHostMountsLaterWhenAskedFor(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/shared");
        Command.output("mount", "--bind", source.toString(), source.toString());
        try (Pod pod = Pod.run(node)) {
            Command.output("mount", "--make-shared", source.toString());
            Files.createDirectories(source.resolve("later"));
            PodContainer slave = pod
                    .start(sleeping(mount(source, "/data", m -> m.setPropagation(MountPropagation.PROPAGATION_HOST_TO_CONTAINER))));
            PodContainer apart = pod.start(sleeping(mount(source, "/data", m -> m)));
            Command.output("mount", "-t", "tmpfs", "tmpfs", source.resolve("later").toString());
            Files.createFile(source.resolve("later/mark"));
            assertThat(slave.sh("ls /data/later")).isEqualTo("mark\n");
            assertThat(apart.sh("ls /data/later")).isEmpty();
        } finally {
            Command.run("umount", "-l", source.resolve("later").toString());
            Command.output("umount", "-l", source.toString());
        }
    }

    @Test
    void showsTheHostWhatAContainerMountsWhenBidirectional(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/both");
        Command.output("mount", "--bind", source.toString(), source.toString());
        try (Pod pod = Pod.run(node, config -> config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true))) {
            Command.output("mount", "--make-shared", source.toString());
            PodContainer container = pod
                    .start(sleeping(mount(source, "/data", m -> m.setPropagation(MountPropagation.PROPAGATION_BIDIRECTIONAL)))
                            .andThen(c -> c.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true)));
            container.sh("mkdir /data/inner && mount -t tmpfs tmpfs /data/inner && touch /data/inner/mark");
            assertThat(source.resolve("inner/mark")).exists();
        } finally {
            Command.run("umount", "-l", source.resolve("inner").toString());
            Command.output("umount", "-l", source.toString());
        }
    }

    @Test
    void needsAFileWhereTheImageHasOne(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/directory");
        try (Pod pod = Pod.run(node)) {
            Failure failure = Failure.of(node, Code.FAILED_PRECONDITION,
                    () -> pod.start(mount(source, "/etc/passwd", m -> m).andThen(c -> c.addCommand("true"))));
            assertThat(failure.message()).contains("/etc/passwd");
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        }
    }

    @Test
    void isListedInTheStatus(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/status");
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(mount(source, "/data", m -> m.setReadonly(true)).andThen(c -> c.addCommand("true")));
            assertThat(container.status().getMountsList()).anySatisfy(mount -> {
                assertThat(mount.getContainerPath()).isEqualTo("/data");
                assertThat(mount.getHostPath()).isEqualTo(source.toString());
                assertThat(mount.getReadonly()).isTrue();
            });
        }
    }

    @Test
    void leavesTheHostsMountTableAlone(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            Path source = node.scratch().directory("mounts/table");
            PodContainer container = pod.start(sleeping(mount(source, "/data", m -> m)));
            assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(source.toString());
            assertThat(container.sh("mount")).contains("/data", "/proc", "/dev/pts", "/dev/shm", "/sys");
        }
    }

    private static Consumer<ContainerConfig.Builder> mount(Path source, String target,
            java.util.function.UnaryOperator<Mount.Builder> change) {
        return c -> c.addMounts(change.apply(Mount.newBuilder().setHostPath(source.toString()).setContainerPath(target)));
    }

    private static Consumer<ContainerConfig.Builder> sleeping(Consumer<ContainerConfig.Builder> change) {
        return change.andThen(c -> c.addCommand("sleep").addCommand("1000"));
    }
}

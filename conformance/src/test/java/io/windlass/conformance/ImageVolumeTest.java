package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
@DiffersOn(value = "containerd", why = "1.6 knows no images as volumes")
class ImageVolumeTest {

    @Test
    void showsAllLayersAndCannotBeWritten(Node node) throws Exception {
        try (Pulled model = model(node); Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(sleeping(volume(model.name(), m -> m)));
            assertThat(container.sh("cat /model/weights /model/deep/more; /model/deep/sh -c 'echo runs'"))
                    .isEqualTo("12345\nsecond\nruns\n");
            assertThat(container.exec("touch", "/model/x").getStderr().toStringUtf8()).contains("Read-only file system");
            assertThat(container.exec("mount", "-o", "remount,rw", "/model").getExitCode()).isNotZero();
            assertThat(container.sh("grep ' /model ' /proc/self/mountinfo")).contains(" ro,", "nodev").doesNotContain("upperdir");
            assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(" /model ");
        }
    }

    @Test
    void showsASubPathAndKeepsItsLinksInTheImage(Node node) throws Exception {
        Path host = node.scratch().write("mounts/secret", "of the host\n");
        TestImage image = TestImage.of(Layer.gzip(
                new TarLayer().directory("deep", TarLayer.Owner.root(0755)).file("deep/more", "more\n").symlink("out", host.toString())
                        .symlink("in", "../../deep")));
        node.registry().push("linked", "1", image);
        try (Pulled linked = Pulled.pull(node, node.registry().reference("linked:1")); Pod pod = Pod.run(node)) {
            assertThat(pod
                    .start(volume(linked.name(), m -> m.setImageSubPath("in")).andThen(c -> c.addCommand("cat").addCommand("/model/more")))
                    .output()).isEqualTo("more\n");
            assertThat(pod
                    .start(volume(linked.name(), m -> m.setImageSubPath("deep/more"))
                            .andThen(c -> c.addCommand("cat").addCommand("/model")))
                    .output()).isEqualTo("more\n");
            Failure escape = Failure.of(node, Code.INVALID_ARGUMENT,
                    () -> pod.create(volume(linked.name(), m -> m.setImageSubPath("out"))));
            assertThat(escape.message()).startsWith("ImageVolumeMountFailed: mount /model").contains("\"out\"");
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "a runtime that somebody else started is not ours to kill")
    void keepsItsLayersWhenTheImageIsRemoved(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container;
            try (Pulled model = model(node)) {
                container = pod.create(sleeping(volume(model.name(), m -> m)));
            }
            assertThat(Failure.of(node, Code.NOT_FOUND, () -> pod.create(volume(node.registry().reference("model:1"), m -> m))).message())
                    .startsWith("ImageVolumeMountFailed: mount /model");
            node.killDaemon();
            node.startDaemon();
            container.start();
            assertThat(container.sh("cat /model/weights")).isEqualTo("12345\n");
            container.remove();
        }
        assertThat(Files.list(node.scratch().resolve("root/snapshots")).map(path -> path.getFileName().toString())
                .filter(name -> name.matches("\\d+")).count()).as("the busybox layer alone").isEqualTo(1);
    }

    @Test
    void isShownWithTheImageThatWasFound(Node node) throws Exception {
        try (Pulled model = model(node); Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(volume(model.name(), m -> m).andThen(c -> c.addCommand("true")));
            assertThat(container.status().getMountsList()).singleElement().satisfies(mount -> {
                assertThat(mount.getImage().getImage()).isEqualTo(model.name());
                assertThat(mount.getImage().getImageRef()).isEqualTo(model.reference());
            });
        }
    }

    @Test
    void isRefusedByItsField(Node node) throws Exception {
        try (Pulled model = model(node); Pod pod = Pod.run(node)) {
            refused(node, pod, "readonly", volume(model.name(), m -> m.setReadonly(false)));
            refused(node, pod, "host_path", volume(model.name(), m -> m.setHostPath("/tmp")));
            refused(node, pod, "image_sub_path", volume(model.name(), m -> m.setImageSubPath("a/../../b")));
            refused(node, pod, "has no \"absent\"", volume(model.name(), m -> m.setImageSubPath("absent")));
        }
    }

    private static void refused(Node node, Pod pod, String word, Consumer<ContainerConfig.Builder> change) {
        Failure failure = Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(change));
        assertThat(failure.message()).startsWith("ImageVolumeMountFailed: mount /model").contains(word);
    }

    /** An image of two layers that is no root file system. */
    private static Pulled model(Node node) throws Exception {
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        TestImage image = TestImage.of(Layer.gzip(new TarLayer().file("weights", "12345\n").file("old", "gone\n")),
                Layer.gzip(new TarLayer().directory("deep", TarLayer.Owner.root(0755)).file("deep/more", "second\n")
                        .file("deep/sh", busybox, TarLayer.Owner.root(0755)).file(".wh.old", "")));
        node.registry().push("model", "1", image);
        return Pulled.pull(node, node.registry().reference("model:1"));
    }

    private static Consumer<ContainerConfig.Builder> volume(String image, UnaryOperator<Mount.Builder> change) {
        return c -> c.addMounts(change.apply(
                Mount.newBuilder().setContainerPath("/model").setReadonly(true).setImage(ImageSpec.newBuilder().setImage(image))));
    }

    private static Consumer<ContainerConfig.Builder> sleeping(Consumer<ContainerConfig.Builder> change) {
        return change.andThen(c -> c.addCommand("sleep").addCommand("1000"));
    }
}

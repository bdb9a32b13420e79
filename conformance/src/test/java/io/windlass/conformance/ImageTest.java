package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.FilesystemUsage;
import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.ImageFilter;
import io.windlass.cri.v1.ImageFsInfoRequest;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.ImageStatusRequest;
import io.windlass.cri.v1.ImageStatusResponse;
import io.windlass.cri.v1.ListImagesRequest;
import io.windlass.cri.v1.RemoveImageRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class ImageTest {

    @Test
    void isPulledByTagAndListedWithItsTagAndDigest(Node node) throws Exception {
        String digest = node.registry().push("tagged", "1", marked("tagged"));
        String tag = node.registry().reference("tagged:1");
        try (Pulled pulled = Pulled.pull(node, tag)) {
            Image image = status(node, tag).getImage();
            assertThat(image.getRepoTagsList()).containsExactly(tag);
            assertThat(image.getRepoDigestsList()).containsExactly(node.registry().reference("tagged@" + digest));
            assertThat(image.getSize()).isPositive();
            assertThat(list(node, "")).contains(image);
            assertThat(status(node, pulled.reference()).getImage().getId()).isEqualTo(image.getId());
        }
        assertThat(status(node, tag).hasImage()).isFalse();
    }

    @Test
    void isPulledByDigest(Node node) throws Exception {
        String digest = node.registry().push("digested", "1", marked("digested"));
        String reference = node.registry().reference("digested@" + digest);
        try (Pulled pulled = Pulled.pull(node, reference)) {
            Image image = status(node, reference).getImage();
            assertThat(image.getRepoTagsList()).isEmpty();
            assertThat(image.getRepoDigestsList()).containsExactly(reference);
            assertThat(status(node, image.getId()).getImage()).isEqualTo(image);
            assertThat(pulled.reference()).isNotBlank();
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 does not take a hosts.toml without a [host] table")
    void isPulledFromTheMirrorOfItsHost(Node node) throws Exception {
        node.registry().push("mirrored", "1", marked("mirrored"));
        try (Pulled pulled = Pulled.pull(node, "registry.test/mirrored:1")) {
            assertThat(status(node, pulled.reference()).getImage().getRepoTagsList()).containsExactly("registry.test/mirrored:1");
        }
    }

    @Test
    void isChosenFromAnIndexByPlatform(Node node) throws Exception {
        TestImage right = marked("right").with("User", "7");
        node.registry().pushIndex("index", "1", Map.of("arm64", marked("wrong"), "amd64", right));
        try (Pulled pulled = Pulled.pull(node, node.registry().reference("index:1"))) {
            assertThat(status(node, pulled.reference()).getImage().getUid().getValue()).isEqualTo(7);
        }
    }

    @Test
    void hasNoPlatformForUs(Node node) throws Exception {
        node.registry().pushIndex("elsewhere", "1", Map.of("s390x", marked("elsewhere")));
        Failure.of(node, io.grpc.Status.Code.NOT_FOUND, () -> node.pull(node.registry().reference("elsewhere:1")));
    }

    @Test
    void tellsItsUserByNumberOrByName(Node node) throws Exception {
        node.registry().push("user", "number", marked("number").with("User", "1002:33"));
        node.registry().push("user", "name", marked("name").with("User", "app"));
        try (Pulled number = Pulled.pull(node, node.registry().reference("user:number"));
                Pulled name = Pulled.pull(node, node.registry().reference("user:name"))) {
            assertThat(status(node, number.reference()).getImage().getUid().getValue()).isEqualTo(1002);
            assertThat(status(node, name.reference()).getImage().getUsername()).isEqualTo("app");
            assertThat(status(node, name.reference()).getImage().hasUid()).isFalse();
        }
    }

    @Test
    void keepsEveryTagOfOneImage(Node node) throws Exception {
        node.registry().push("tags", "a", marked("tags"));
        node.registry().push("tags", "b", marked("tags"));
        try (Pulled a = Pulled.pull(node, node.registry().reference("tags:a"));
                Pulled b = Pulled.pull(node, node.registry().reference("tags:b"))) {
            assertThat(a.reference()).isEqualTo(b.reference());
            assertThat(status(node, a.reference()).getImage().getRepoTagsList()).containsExactlyInAnyOrder(
                    node.registry().reference("tags:a"),
                    node.registry().reference("tags:b"));
        }
    }

    @Test
    void tellsMoreWhenAsked(Node node) {
        ImageStatusResponse verbose = node.cri().images()
                .imageStatus(ImageStatusRequest.newBuilder().setImage(spec(node.busybox())).setVerbose(true).build());
        assertThat(verbose.getInfoMap()).containsKey("info");
        assertThat(verbose.getInfoMap().get("info")).contains("imageSpec");
        assertThat(status(node, node.busybox()).getInfoMap()).isEmpty();
    }

    @Test
    void isUnknownWithoutAnError(Node node) {
        assertThat(status(node, node.registry().reference("never:1")).hasImage()).isFalse();
        node.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(spec(node.registry().reference("never:1"))).build());
    }

    @Test
    @DiffersOn(value = "containerd", why = "ignores the filter")
    void isListedByItsName(Node node) {
        assertThat(list(node, node.busybox())).singleElement()
                .satisfies(image -> assertThat(image.getRepoTagsList()).containsExactly(node.busybox()));
        assertThat(list(node, node.registry().reference("never:1"))).isEmpty();
    }

    @Test
    void takesPlaceOnAFilesystemThatIsNamed(Node node) {
        List<FilesystemUsage> filesystems = node.cri().images().imageFsInfo(ImageFsInfoRequest.getDefaultInstance())
                .getImageFilesystemsList();
        assertThat(filesystems).isNotEmpty();
        FilesystemUsage usage = filesystems.getFirst();
        assertThat(Files.exists(Path.of(usage.getFsId().getMountpoint()))).isTrue();
        assertThat(usage.getTimestamp()).isPositive();
        Wait.untilTrue("bytes in use", Duration.ofSeconds(30),
                () -> node.cri().images().imageFsInfo(ImageFsInfoRequest.getDefaultInstance()).getImageFilesystems(0)
                        .getUsedBytes().getValue() > 0);
    }

    static TestImage marked(String word) {
        return TestImage.of(Layer.gzip(new TarLayer().file("mark", word + "\n")));
    }

    static ImageSpec spec(String image) {
        return ImageSpec.newBuilder().setImage(image).build();
    }

    static ImageStatusResponse status(Node node, String image) {
        return node.cri().images().imageStatus(ImageStatusRequest.newBuilder().setImage(spec(image)).build());
    }

    private static List<Image> list(Node node, String image) {
        return node.cri().images()
                .listImages(ListImagesRequest.newBuilder().setFilter(ImageFilter.newBuilder().setImage(spec(image))).build())
                .getImagesList();
    }
}

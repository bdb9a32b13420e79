package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.RemoveImageRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What an image may be called by, and what goes with one of its names. */
@OnNode
class ImageNameTest {

    private static Image image(Node node, String name) {
        return ImageTest.status(node, name).getImage();
    }

    private static boolean isThere(Node node, String name) {
        return ImageTest.status(node, name).hasImage();
    }

    private static void remove(Node node, String name) {
        node.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(ImageTest.spec(name)).build());
    }

    @Test
    void oneImageOfTwoRegistriesHasTheNamesOfBothAndGoesWithAny(Node node) throws Exception {
        String digest = "@" + node.registry().push("twin", "1", ImageTest.marked("twin"));
        String numbered = node.registry().reference("twin");
        String named = numbered.replace("127.0.0.1", "localhost");
        try (Pulled first = Pulled.pull(node, numbered + ":1"); Pulled second = Pulled.pull(node, named + ":1")) {
            Image image = image(node, first.name());
            assertThat(image(node, second.name())).isEqualTo(image);
            assertThat(image.getRepoTagsList()).containsExactlyInAnyOrder(numbered + ":1", named + ":1");
            assertThat(image.getRepoDigestsList()).containsExactlyInAnyOrder(numbered + digest, named + digest);
            remove(node, second.name());
            for (String gone : List.of(first.name(), second.name(), numbered + digest, image.getId())) {
                assertThat(isThere(node, gone)).as(gone).isFalse();
            }
        }
    }

    @Test
    void itIsRemovedByItsId(Node node) throws Exception {
        node.registry().push("by-id", "1", ImageTest.marked("by-id"));
        try (Pulled pulled = Pulled.pull(node, node.registry().reference("by-id:1"))) {
            remove(node, image(node, pulled.name()).getId());
            assertThat(isThere(node, pulled.name())).isFalse();
        }
    }

    @Test
    void aTagThatMovesLeavesTheOldImageToItsDigest(Node node) throws Exception {
        String tag = node.registry().reference("moved:1");
        String before = node.registry().reference("moved@" + node.registry().push("moved", "1", ImageTest.marked("before")));
        try (Pulled first = Pulled.pull(node, tag)) {
            Image old = image(node, first.name());
            node.registry().push("moved", "1", ImageTest.marked("after"));
            try (Pulled second = Pulled.pull(node, tag)) {
                assertThat(image(node, second.name()).getId()).isNotEqualTo(old.getId());
                assertThat(image(node, before).getId()).isEqualTo(old.getId());
                assertThat(image(node, before).getRepoTagsList()).isEmpty();
                assertThat(image(node, before).getRepoDigestsList()).containsExactly(before);
                assertThat(image(node, old.getId())).isEqualTo(image(node, before));
            }
            assertThat(isThere(node, tag)).isFalse();
            assertThat(isThere(node, before)).isTrue();
        } finally {
            remove(node, before);
        }
        assertThat(isThere(node, before)).isFalse();
    }

    @Test
    void ofATagAndADigestTheDigestCounts(Node node) throws Exception {
        String digest = node.registry().push("both", "1", ImageTest.marked("both"));
        try (Pulled pulled = Pulled.pull(node, node.registry().reference("both:2@" + digest))) {
            Image image = image(node, pulled.name());
            assertThat(image.getRepoTagsList()).isEmpty();
            assertThat(image.getRepoDigestsList()).containsExactly(node.registry().reference("both@" + digest));
            assertThat(isThere(node, node.registry().reference("both:2"))).isFalse();
        }
        assertThat(isThere(node, node.registry().reference("both@" + digest))).isFalse();
    }

    @Test
    void itIsRemovedUnderAContainerWhichStartsAllTheSame(Node node) throws Exception {
        node.registry().push("used", "1", TestImages.busybox().plus(ImageTest.marked("used").layers().getFirst()));
        try (Pulled pulled = Pulled.pull(node, node.registry().reference("used:1")); Pod pod = Pod.run(node)) {
            PodContainer container = pod.create(config -> {
                config.getImageBuilder().setImage(pulled.reference());
                config.addAllCommand(List.of("cat", "/mark"));
            });
            remove(node, pulled.name());
            assertThat(isThere(node, pulled.name())).isFalse();
            Failure.of(node, Code.NOT_FOUND, () -> pod.create(config -> config.getImageBuilder().setImage(pulled.reference())));
            container.start();
            assertThat(container.output()).isEqualTo("used\n");
        }
    }
}

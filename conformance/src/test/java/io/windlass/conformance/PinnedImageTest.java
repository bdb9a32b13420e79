package io.windlass.conformance;

import io.windlass.cri.v1.Image;
import io.windlass.cri.v1.ListImagesRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** Images that the configuration pins: a kubelet that makes room leaves them alone. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "its configuration is another")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "another runtime's configuration is not ours to change")
class PinnedImageTest extends OwnNode {

    private void restart() throws Exception {
        node.killDaemon();
        node.startDaemon();
    }

    private boolean isPinned(String name) {
        Image image = ImageTest.status(node, name).getImage();
        assertThat(node.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList()).contains(image);
        return image.getPinned();
    }

    @Test
    void areToldByTheirNameAlsoByTheNextDaemonAndCanBeRemoved() throws Exception {
        node.registry().push("pinned", "1", ImageTest.marked("pinned"));
        node.registry().push("free", "1", ImageTest.marked("free"));
        String name = node.registry().reference("pinned:1");
        node.scratch().write("conf.d/10-pinned.toml", "[registry]\npinned_images = [\"" + name + "\"]\n");
        restart();
        try (Pulled pinned = Pulled.pull(node, name); Pulled free = Pulled.pull(node, node.registry().reference("free:1"))) {
            assertThat(isPinned(pinned.name())).isTrue();
            assertThat(isPinned(free.name())).isFalse();
            restart();
            assertThat(isPinned(pinned.name())).isTrue();
            assertThat(isPinned(free.name())).isFalse();
        }
        assertThat(ImageTest.status(node, name).hasImage()).isFalse();
    }
}

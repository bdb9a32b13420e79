package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The image with a shell and layers of files that do not compress, with their digests beside them. */
final class SummedImage {
    private static final int LAYERS = 4;
    private static final int FILES = 100;

    private SummedImage() {}

    static TestImage of(Random random, int fileBytes) throws IOException {
        TestImage image = TestImages.busybox();
        for (int layer = 0; layer < LAYERS; layer++) {
            TarLayer tar = new TarLayer().directory("files-" + layer, Owner.root(0755));
            StringBuilder sums = new StringBuilder();
            for (int i = 0; i < FILES; i++) {
                byte[] bytes = new byte[fileBytes];
                random.nextBytes(bytes);
                String path = "files-" + layer + "/" + i;
                tar.file(path, bytes, Owner.root(0644));
                sums.append(Sha256.digest(bytes).replace("sha256:", "")).append("  ").append(path).append('\n');
            }
            tar.file("sums-" + layer, sums.toString().getBytes(StandardCharsets.UTF_8), Owner.root(0644));
            image = image.plus(TestImage.Layer.gzip(tar));
        }
        return image;
    }

    /** Has a container compare every file of the image of that name. */
    static void check(Node node, String reference) throws IOException {
        try (Pod pod = Pod.run(node)) {
            String output = pod.start(c -> {
                c.getImageBuilder().setImage(reference);
                c.addAllCommand(List.of("sh", "-c",
                        "cd / && for i in 0 1 2 3; do sha256sum -c sums-$i >/dev/null || exit 1; done; ls files-* | wc -l"));
            }).output();
            assertThat(output.strip()).isEqualTo(Integer.toString(LAYERS * FILES + LAYERS + LAYERS - 1));
        }
    }
}

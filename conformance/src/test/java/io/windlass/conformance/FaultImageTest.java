package io.windlass.conformance;

import io.windlass.conformance.FaultyNode.Cut;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Sha256;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while it fetches the blobs of an image and unpacks them. */
@Faulty
class FaultImageTest {
    private static final int LAYERS = 4;
    private static final int FILES = 100;
    private static final int FILE_BYTES = 64 * 1024;

    @Row(1)
    void aFetchThatWasCutIsMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        pull(fault.random("blob fetch"), faulty, "root/content/ingest", 0.5);
    }

    @Row(2)
    void anUnpackingThatWasCutIsMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        pull(fault.random("unpacking"), faulty, "root/snapshots", 1);
    }

    /** @param begin the directory whose first change is the earliest moment */
    private static void pull(Random random, FaultyNode faulty, String begin, double share) throws Exception {
        Node node = faulty.node();
        String name = "cut-" + node.next();
        node.registry().push(name, "1", image(random));
        String reference = node.registry().reference(name + ":1");
        Duration phase = FaultyNode.measure(() -> {
            Pulled.pull(node, reference).close();
            return true;
        });
        Moment change = Moment.change(node.scratch().resolve(begin));
        Duration delay = Fault.moment(random, Duration.ofNanos((long) (phase.toNanos() * share)));
        Cut<String> cut = faulty.killDuring(() -> node.pull(reference), then(change, delay));
        if (cut.answered()) {
            assertThat(ImageTest.status(node, reference).hasImage()).isTrue();
        } else if (ImageTest.status(node, reference).hasImage()) {
            check(node, reference); // all there, and only the answer missing
        }
        try (Pulled pulled = Pulled.pull(node, reference)) {
            check(node, pulled.name());
        }
    }

    private static Moment then(Moment first, Duration delay) {
        Moment[] second = new Moment[1];
        return () -> {
            if (second[0] == null && first.isHere()) {
                second[0] = Moment.after(delay);
            }
            return second[0] != null && second[0].isHere();
        };
    }

    private static void check(Node node, String reference) throws Exception {
        try (Pod pod = Pod.run(node)) {
            String output = pod.start(c -> {
                c.getImageBuilder().setImage(reference);
                c.addAllCommand(List.of("sh", "-c",
                        "cd / && for i in 0 1 2 3; do sha256sum -c sums-$i >/dev/null || exit 1; done; ls files-* | wc -l"));
            }).output();
            assertThat(output.strip()).isEqualTo(Integer.toString(LAYERS * FILES + LAYERS + LAYERS - 1));
        }
    }

    /** The image with a shell and layers of files that do not compress, with their digests beside them. */
    private static TestImage image(Random random) throws Exception {
        TestImage image = TestImages.busybox();
        for (int layer = 0; layer < LAYERS; layer++) {
            TarLayer tar = new TarLayer().directory("files-" + layer, Owner.root(0755));
            StringBuilder sums = new StringBuilder();
            for (int i = 0; i < FILES; i++) {
                byte[] bytes = new byte[FILE_BYTES];
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
}

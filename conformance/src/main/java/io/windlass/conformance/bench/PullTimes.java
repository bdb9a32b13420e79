package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.RemoveImageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** PullImage of programs and libraries of this machine, in layers compressed by gzip, from a registry on the loopback, in nanoseconds. */
final class PullTimes {
    private static final int LAYERS = 3;
    private static final int LAYER = Integer.getInteger("bench.layer", 64) << 20;
    private static final int LARGEST_FILE = 8 << 20;
    private static final Path SOURCE = Path.of("/usr/lib");
    private static final int DEEP = 8;

    private final List<Long> times = new ArrayList<>();

    /** Of so many bytes unpacked, and so many that are fetched. */
    record Size(long unpacked, long fetched) {}

    /** The image that {@link #measure} pulls, put into the registries of all nodes. */
    static Size push(Node... nodes) throws IOException {
        List<Layer> layers = new ArrayList<>();
        long unpacked = 0;
        try (Stream<Path> files = files()) {
            Iterator<Path> file = files.iterator();
            for (int i = 0; i < LAYERS; i++) {
                TarLayer tar = new TarLayer().directory("layer" + i, Owner.root(0755));
                int size = 0;
                for (int name = 0; size < LAYER && file.hasNext(); name++) {
                    byte[] bytes = Files.readAllBytes(file.next());
                    tar.file("layer" + i + "/" + name, bytes, Owner.root(0755));
                    size += bytes.length;
                }
                unpacked += size;
                layers.add(Layer.gzip(tar));
            }
        }
        TestImage image = TestImage.of(layers.toArray(Layer[]::new));
        for (Node node : nodes) {
            node.registry().push("programs", "1", image);
        }
        return new Size(unpacked, layers.stream().mapToLong(layer -> layer.blob().length).sum());
    }

    private static Stream<Path> files() throws IOException {
        return Files.find(SOURCE, DEEP, (file, attributes) -> attributes.isRegularFile() && attributes.size() <= LARGEST_FILE);
    }

    /** Pulls it, and removes it. */
    void measure(Node node) {
        String reference = node.registry().reference("programs:1");
        long begin = System.nanoTime();
        String image = node.pull(reference);
        times.add(System.nanoTime() - begin);
        node.cri().images().removeImage(RemoveImageRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(image)).build());
    }

    /** The median in seconds. */
    double median() {
        List<Long> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2) / 1e9;
    }
}

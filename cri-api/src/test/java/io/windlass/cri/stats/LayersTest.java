package io.windlass.cri.stats;

import io.windlass.cri.fake.FakeSnapshots;
import io.windlass.cri.store.ObjectId;
import io.windlass.snapshotter.snapshot.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A node's eviction asks every ten seconds what all containers wrote: their files must not be walked through each time. */
class LayersTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path scratch;

    private final ObjectId first = ObjectId.random();
    private final ObjectId second = ObjectId.random();
    private volatile Instant now = Instant.ofEpochSecond(100);
    private FakeSnapshots snapshots;
    private Layers layers;

    @BeforeEach
    void open() {
        snapshots = new FakeSnapshots(scratch);
        layers = new Layers(snapshots, () -> now, Duration.ofMinutes(1));
        snapshots.prepared.add(first.value());
        snapshots.prepared.add(first.value() + "-0"); // keeps an image that is mounted there
    }

    @AfterEach
    void close() {
        layers.close();
    }

    @Test
    void allTogetherAreAsOldAsTheOldestOfThem() {
        assertThat(layers.total()).isEqualTo(new Layers.Layer(100 * SECOND, new Usage(4096, 1)));
        now = Instant.ofEpochSecond(105);
        snapshots.prepared.add(second.value());
        assertThat(layers.total()).isEqualTo(new Layers.Layer(100 * SECOND, new Usage(8192, 2)));
        assertThat(snapshots.measured).containsExactly(first.value(), second.value());
        now = Instant.ofEpochSecond(110);
        assertThat(layers.total()).isEqualTo(new Layers.Layer(105 * SECOND, new Usage(8192, 2)));
        assertThat(snapshots.measured).containsExactly(first.value(), second.value(), first.value());
    }

    @Test
    void oneThatIsGoneCountsNoMore() {
        layers.total();
        snapshots.remove(first.value());
        now = Instant.ofEpochSecond(101);
        assertThat(layers.total()).isEqualTo(new Layers.Layer(101 * SECOND, Usage.NONE));
        assertThat(layers.of(first)).isEmpty();
    }
}

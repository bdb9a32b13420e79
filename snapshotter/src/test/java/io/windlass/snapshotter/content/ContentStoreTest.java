package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContentStoreTest {
    private static final byte[] BLOB = new byte[1_000_000];
    private static final Digest DIGEST;
    private static final int CUT = 300_000;

    static {
        new Random(3).nextBytes(BLOB);
        DIGEST = Digest.sha256(BLOB);
    }

    @TempDir
    Path root;
    private ContentStore store;
    /** From where sources were asked to begin. */
    private final List<Long> asked = new ArrayList<>();

    @BeforeEach
    void open() throws ImageException {
        store = ContentStore.open(root);
    }

    private void give(long from, int to, byte[] bytes, BlobSource.Sink sink) throws IOException {
        asked.add(from);
        sink.write(ByteBuffer.wrap(bytes, (int) from, to - (int) from));
    }

    private BlobSource whole() {
        return (from, sink) -> give(from, BLOB.length, BLOB, sink);
    }

    private BlobSource cut(byte[] bytes, Kind why) {
        return (from, sink) -> {
            give(from, CUT, bytes, sink);
            throw new ImageException(why, "cut");
        };
    }

    private void fetch(BlobSource source) throws Exception {
        try (Ingest ingest = store.ingest(DIGEST, BLOB.length, source)) {
            byte[] read = ingest.reader().readAllBytes();
            ingest.await();
            assertThat(read).isEqualTo(BLOB);
        }
    }

    private void fail(BlobSource source, Kind kind) {
        assertThatThrownBy(() -> fetch(source)).isInstanceOfSatisfying(ImageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private List<Path> ingests() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("ingest"))) {
            return files.toList();
        }
    }

    @Test
    void aFetchGoesOnWhereTheLastOneWasCut() throws Exception {
        fail(cut(BLOB, Kind.UNAVAILABLE), Kind.UNAVAILABLE);
        assertThat(BlobCheck.run(root, false)).isEmpty();
        fetch(whole());
        assertThat(asked).containsExactly(0L, (long) CUT);
        assertThat(store.read(DIGEST, BLOB.length)).isEqualTo(BLOB);
        assertThat(ingests()).isEmpty();
    }

    @Test
    void aFetchGoesOnAfterThoseWhoWantedItHaveLeft() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Ingest left = store.ingest(DIGEST, BLOB.length, (from, sink) -> {
            give(from, CUT, BLOB, sink);
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        });
        assertThat(left.reader().readNBytes(CUT)).hasSize(CUT);
        left.close();
        fetch(whole());
        assertThat(asked).containsExactly(0L, (long) CUT);
    }

    @Test
    void aFetchGoesOnFromAnEarlierProcess() throws Exception {
        Files.write(root.resolve("ingest/" + DIGEST + ".7"), Arrays.copyOf(BLOB, CUT));
        Files.write(root.resolve("ingest/8"), BLOB);
        Files.createFile(root.resolve("ingest/" + Digest.sha256(new byte[1]) + ".9"));
        assertThat(BlobCheck.run(root, false)).extracting(Finding::object).containsExactly("ingest 8");
        open();
        assertThat(ingests()).containsExactly(root.resolve("ingest/" + DIGEST));
        fetch(whole());
        assertThat(asked).containsExactly((long) CUT);
    }

    @Test
    void wrongBytesOfAnEarlierFetchAreFoundAndForgotten() throws Exception {
        byte[] wrong = BLOB.clone();
        wrong[CUT / 2] ^= 1;
        fail(cut(wrong, Kind.UNAVAILABLE), Kind.UNAVAILABLE);
        try (Ingest resumed = store.ingest(DIGEST, BLOB.length, whole())) {
            assertThat(resumed.resumed()).isTrue();
            assertThatThrownBy(resumed::await).isInstanceOfSatisfying(ImageException.class,
                    e -> assertThat(e.kind()).isEqualTo(Kind.DATA_LOSS));
        }
        fetch(whole());
        assertThat(asked).containsExactly(0L, (long) CUT, 0L);
    }

    @Test
    void moreThanTheBlobHasIsNoPartOfIt() throws Exception {
        Files.write(root.resolve("ingest/" + DIGEST), new byte[BLOB.length + 1]);
        fetch(whole());
        assertThat(asked).containsExactly(0L);
    }

    @Test
    void allOfTheBlobNeedsNoSource() throws Exception {
        Files.write(root.resolve("ingest/" + DIGEST), BLOB);
        fetch((from, sink) -> assertThat(from).isEqualTo(BLOB.length));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "UNAVAILABLE")
    void nothingIsKeptWhenTheSourceIsWrongOrTheDiskFull(Kind why) throws Exception {
        fail(cut(BLOB, why), why);
        assertThat(ingests()).isEmpty();
    }

    @Test
    void whatIsKeptCanBeDroppedWhileAnotherFetchIsUnderWay() throws Exception {
        fail(cut(BLOB, Kind.UNAVAILABLE), Kind.UNAVAILABLE);
        byte[] other = {1, 2, 3};
        CountDownLatch dropped = new CountDownLatch(1);
        try (Ingest ingest = store.ingest(Digest.sha256(other), other.length, (from, sink) -> {
            sink.write(ByteBuffer.wrap(other, 0, 2));
            try {
                dropped.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            sink.write(ByteBuffer.wrap(other, 2, 1));
        })) {
            store.dropPartials();
            dropped.countDown();
            ingest.await();
        }
        assertThat(ingests()).isEmpty();
        fetch(whole());
        assertThat(asked).containsExactly(0L, 0L);
    }

    @Test
    void smallBlobsHaveTheDigestTheyAreWrittenUnder() throws Exception {
        store.write(DIGEST, BLOB);
        assertThat(store.read(DIGEST, BLOB.length)).isEqualTo(BLOB);
        assertThat(store.add(new ByteArrayInputStream(BLOB))).isEqualTo(DIGEST);
        assertThatThrownBy(() -> store.write(Digest.sha256(new byte[1]), BLOB)).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.DATA_LOSS));
        assertThat(store.list()).containsExactly(DIGEST);
        assertThat(ingests()).isEmpty();
    }
}

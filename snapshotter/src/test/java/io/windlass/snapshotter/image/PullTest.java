package io.windlass.snapshotter.image;

import io.windlass.snapshotter.layer.Tar;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.MediaType;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.snapshot.OverlayDirs;
import io.windlass.snapshotter.snapshot.OverlaySnapshotter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Pulls from a real registry. */
class PullTest {
    @TempDir
    static Path scratch;
    private static RealRegistry registry;
    private static int count;

    private Path root;
    private OverlaySnapshotter snapshots;
    private LocalImages images;

    @BeforeAll
    static void startRegistry() throws Exception {
        registry = RealRegistry.start(scratch);
    }

    @AfterAll
    static void stopRegistry() {
        registry.close();
    }

    @BeforeEach
    void open() throws IOException {
        root = Files.createDirectories(scratch.resolve("root" + count++));
        reopen();
    }

    private void reopen() throws IOException {
        snapshots = OverlaySnapshotter.open(root.resolve("snapshots"));
        images = LocalImages.open(root, snapshots, ImageOptions.defaults());
    }

    @AfterEach
    void close() {
        images.close();
    }

    private static Reference reference(String name) throws ImageException {
        return Reference.parse(registry.host() + "/" + name);
    }

    private static byte[] text(String name, String content) {
        return new Tar().dir("etc", 0755).file("etc/" + name, content).bytes();
    }

    private static byte[] noise(int seed, int bytes) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return new Tar().file("noise", 0644, content, java.util.Map.of()).bytes();
    }

    @Test
    void pullsGzipZstdAndPlainLayersByTagAndByDigest() throws Exception {
        Digest target = new TestImage().gzip(text("a", "1")).zstd(text("b", "2")).plain(text("c", "3")).user("1000:5").push(registry.host(),
                "mixed", "v1");
        List<Progress.Event> events = new ArrayList<>();
        Image image = images.pull(reference("mixed:v1"), null, event -> {
            synchronized (events) {
                events.add(event);
            }
        });
        OverlayDirs dirs = snapshots.view(image.chainId());
        assertThat(dirs.lowers()).hasSize(3);
        assertThat(dirs.base().resolve(dirs.lowers().get(0)).resolve("etc/c")).hasContent("3");
        assertThat(dirs.base().resolve(dirs.lowers().get(2)).resolve("etc/a")).hasContent("1");
        assertThat(image.tags()).containsExactly(reference("mixed:v1"));
        assertThat(image.digests()).containsExactly(reference("mixed@" + target));
        assertThat(image.uid()).hasValue(1000);
        assertThat(events).contains(new Progress.Resolved(reference("mixed:v1"), target)).endsWith(new Progress.Complete(image));
        assertThat(images.pull(reference("mixed@" + target), null, Progress.NONE)).isEqualTo(image);
    }

    @Test
    void choosesThePlatformOfAnIndex() throws Exception {
        TestImage arm = new TestImage().gzip(text("arch", "arm")).architecture("arm64");
        TestImage amd = new TestImage().gzip(text("arch", "amd"));
        arm.push(registry.host(), "multi", "arm");
        amd.push(registry.host(), "multi", "amd");
        Digest target = pushIndex("multi", entry(arm, "arm64"), entry(amd, "amd64"));
        Image image = images.pull(reference("multi:all"), null, Progress.NONE);
        assertThat(image.id()).isEqualTo(Digest.sha256(amd.config()));
        assertThat(image.digests()).containsExactly(reference("multi@" + target));
        assertThatThrownBy(() -> images.pull(reference("multi:arm"), null, Progress.NONE)).hasMessageContaining("is for linux/arm64");
    }

    @Test
    void anIndexCorrectsThePlatformOfAConfiguration() throws Exception {
        TestImage mislabelled = new TestImage().gzip(text("arch", "really amd")).architecture("arm64");
        mislabelled.push(registry.host(), "annotated", "one");
        pushIndex("annotated", entry(mislabelled, "amd64"));
        assertThat(images.pull(reference("annotated:all"), null, Progress.NONE).id()).isEqualTo(Digest.sha256(mislabelled.config()));
        pushIndex("annotated", TestImage.descriptor(MediaType.OCI_MANIFEST, mislabelled.manifest()));
        assertThatThrownBy(() -> images.pull(reference("annotated:all"), null, Progress.NONE)).hasMessageContaining("is for linux/arm64");
    }

    private static Digest pushIndex(String repository, String... entries) throws Exception {
        return push(repository, "all", MediaType.OCI_INDEX, "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX
                + "\",\"manifests\":[" + String.join(",", entries) + "]}");
    }

    private static Digest push(String repository, String tag, String type, String manifest) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return TestImage.pushManifest(http, registry.host(), repository, tag, type, manifest.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String entry(TestImage image, String architecture) {
        String descriptor = TestImage.descriptor(MediaType.OCI_MANIFEST, image.manifest());
        return descriptor.substring(0, descriptor.length() - 1) + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture
                + "\"}}";
    }

    @Test
    void aTagThatMovedLeavesTheOldImageItsDigest() throws Exception {
        new TestImage().gzip(text("v", "old")).push(registry.host(), "moving", "latest");
        Image old = images.pull(reference("moving"), null, Progress.NONE);
        new TestImage().gzip(text("v", "new")).push(registry.host(), "moving", "latest");
        Image now = images.pull(reference("moving"), null, Progress.NONE);
        assertThat(now.id()).isNotEqualTo(old.id());
        assertThat(images.find(reference("moving").toString())).contains(now);
        assertThat(images.find(old.id().toString()).orElseThrow().tags()).isEmpty();
        assertThat(images.find(old.id().hex().substring(0, 12)).orElseThrow().digests()).isEqualTo(old.digests());
    }

    @Test
    void survivesARestartAndRemovesEverythingButWhatAContainerStandsOn() throws Exception {
        new TestImage().gzip(text("base", "1")).gzip(text("top", "2")).push(registry.host(), "kept", "v1");
        Image image = images.pull(reference("kept:v1"), null, Progress.NONE);
        snapshots.prepare("container", image.chainId());
        images.close();
        reopen();
        assertThat(images.list()).containsExactly(image);
        assertThat(snapshots.overlay("container").lowers()).hasSize(2);
        images.remove(image.id().toString());
        assertThat(images.list()).isEmpty();
        assertThat(snapshots.committed()).hasSize(2);
        snapshots.remove("container");
        assertThat(images.collectGarbage()).isEqualTo(2);
        assertNothingLeft();
        images.remove("kept:v1");
    }

    @Test
    void aLayerWithTheWrongDiffIdIsDataLossAndLeavesNothing() throws Exception {
        byte[] tar = text("x", "y");
        new TestImage().gzip(text("ok", "1")).layer(Digest.sha256(new byte[]{1}), TestImage.gzipped(tar), MediaType.OCI_LAYER)
                .push(registry.host(), "lying", "v1");
        assertThatThrownBy(() -> images.pull(reference("lying:v1"), null, Progress.NONE)).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.DATA_LOSS)).hasMessageContaining("diffID");
        images.collectGarbage();
        assertNothingLeft();
    }

    @Test
    void aFalseDiffIdTakesNoBlobFromOtherImages() throws Exception {
        byte[] tar = text("good", "1");
        byte[] layer = TestImage.gzipped(tar);
        new TestImage().gzip(tar).push(registry.host(), "honest", "v1");
        new TestImage().layer(Digest.sha256(new byte[]{1}), layer, MediaType.OCI_LAYER).push(registry.host(), "liar", "v1");
        images.pull(reference("honest:v1"), null, Progress.NONE);
        assertThatThrownBy(() -> images.pull(reference("liar:v1"), null, Progress.NONE)).hasMessageContaining("diffID");
        assertThat(blob(layer)).hasBinaryContent(layer);
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedBlobIsFetchedAnewByThePullThatFindsIt(DamageTest.Damage damage) throws Exception {
        byte[] tar = noise(3, 1 << 16);
        byte[] layer = TestImage.gzipped(tar);
        new TestImage().gzip(tar).push(registry.host(), "damaged", "v1");
        damage.to(Files.write(blob(layer), layer));
        Image image = images.pull(reference("damaged:v1"), null, Progress.NONE);
        assertThat(snapshots.has(image.chainId())).isTrue();
        assertThat(blob(layer)).hasBinaryContent(layer);
    }

    @Test
    void aBlobThatIsThereHasTheLengthThatAManifestSays() throws Exception {
        byte[] tar = text("length", "1");
        byte[] layer = TestImage.gzipped(tar);
        TestImage honest = new TestImage().gzip(tar);
        honest.push(registry.host(), "length", "honest");
        push("length", "false", MediaType.OCI_MANIFEST, new String(honest.manifest(), StandardCharsets.UTF_8).replace("}]}", "0}]}"));
        Files.write(blob(layer), layer);
        assertFalseLength();
        images.pull(reference("length:honest"), null, Progress.NONE);
        assertFalseLength();
        assertThat(blob(layer)).hasBinaryContent(layer);
        Files.write(blob(layer), new byte[1]);
        assertThat(images.pull(reference("length:honest"), null, Progress.NONE).tags()).containsExactly(reference("length:honest"));
    }

    private void assertFalseLength() {
        assertThatThrownBy(() -> images.pull(reference("length:false"), null, Progress.NONE)).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.DATA_LOSS)).hasMessageContaining("its manifest says");
    }

    private Path blob(byte[] content) {
        return root.resolve("content/blobs/sha256").resolve(Digest.sha256(content).hex());
    }

    @Test
    void anUnknownImageIsNotFound() {
        assertThatThrownBy(() -> images.pull(reference("absent:v1"), null, Progress.NONE)).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.NOT_FOUND));
    }

    @Test
    void pullsAtTheSameTimeShareTheirLayers() throws Exception {
        byte[] shared = noise(1, 8 << 20);
        for (int i = 0; i < 4; i++) {
            new TestImage().gzip(shared).gzip(text("n", "" + i)).push(registry.host(), "shared", "v" + i);
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Image>> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Reference reference = reference("shared:v" + i % 4);
                calls.add(() -> images.pull(reference, null, Progress.NONE));
            }
            for (Future<Image> pulled : threads.invokeAll(calls)) {
                assertThat(snapshots.has(pulled.get().chainId())).isTrue();
            }
        }
        assertThat(images.list()).hasSize(4);
        assertThat(snapshots.committed()).hasSize(5);
        assertThat(images.collectGarbage()).isZero();
    }

    @Test
    void anInterruptedPullIsGivenUpAndTheNextOneWorks() throws Exception {
        new TestImage().gzip(noise(2, 32 << 20)).push(registry.host(), "large", "v1");
        Thread[] caller = {Thread.currentThread()};
        assertThatThrownBy(() -> images.pull(reference("large:v1"), null, event -> {
            if (event instanceof Progress.Fetched) {
                caller[0].interrupt();
            }
        })).isInstanceOf(InterruptedException.class);
        assertThat(images.pull(reference("large:v1"), null, Progress.NONE).tags()).containsExactly(reference("large:v1"));
        assertThat(snapshots.committed()).hasSize(1);
        try (Stream<Path> ingests = Files.list(root.resolve("content/ingest"))) {
            assertThat(ingests).isEmpty();
        }
    }

    @Test
    void importsATarWithoutARegistry() throws Exception {
        Image image = images.importLayer(Reference.parse("localhost/busybox:demo"), new ByteArrayInputStream(text("motd", "hello")),
                ImageConfig.local(List.of("PATH=/bin"), List.of("/bin/sh")));
        assertThat(images.find("localhost/busybox:demo")).contains(image);
        assertThat(image.config().cmd()).containsExactly("/bin/sh");
        OverlayDirs dirs = snapshots.view(image.chainId());
        assertThat(dirs.base().resolve(dirs.lowers().getFirst()).resolve("etc/motd")).hasContent("hello");
        assertThat(images.verbose(image)).contains("\"chainID\":\"" + image.chainId() + "\"").contains("\"imageSpec\"");
        assertThat(images.filesystem().layers().inodes()).isEqualTo(3);
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
        try (Stream<Path> snapshotDirectories = Files.list(root.resolve("snapshots"))) {
            assertThat(snapshotDirectories.map(path -> path.getFileName().toString())).containsExactly("empty");
        }
    }
}

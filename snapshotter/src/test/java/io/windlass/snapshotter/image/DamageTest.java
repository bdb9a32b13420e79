package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.Finding;
import io.windlass.snapshotter.layer.Tar;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.Reference;
import io.windlass.snapshotter.snapshot.OverlaySnapshotter;
import io.windlass.snapshotter.snapshot.SnapshotCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a disk may do to what it keeps of an image: it costs that one image at most, and what can be made anew without the registry is. */
class DamageTest {
    enum Damage {
        EMPTY, TRUNCATED, ZEROED, ONE_BIT;

        void to(Path file) throws IOException {
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            bad[good.length / 2] ^= 1;
            Files.write(file, switch (this) {
                case EMPTY -> new byte[0];
                case TRUNCATED -> Arrays.copyOf(good, good.length / 2);
                case ZEROED -> new byte[good.length];
                case ONE_BIT -> bad;
            });
        }
    }

    @TempDir
    private Path root;

    private final Map<String, byte[]> tars = new HashMap<>();
    private OverlaySnapshotter snapshots;
    private LocalImages images;
    private Image hurt;
    private Image other;

    @BeforeEach
    void open() throws Exception {
        reopen();
        hurt = load("hurt");
        other = load("other");
        images.close();
    }

    @AfterEach
    void close() {
        images.close();
    }

    private void reopen() throws IOException {
        snapshots = OverlaySnapshotter.open(root.resolve("snapshots"));
        images = LocalImages.open(root, snapshots, ImageOptions.defaults());
    }

    private Image load(String name) throws IOException {
        byte[] tar = tars.computeIfAbsent(name, key -> new Tar().dir("etc", 0755).file("etc/name", key).bytes());
        return images.importLayer(Reference.parse("test.local/" + name + ":1"), new ByteArrayInputStream(tar),
                ImageConfig.local(List.of("NAME=" + name), List.of("/bin/sh")));
    }

    private Path blob(Digest digest) {
        return root.resolve("content/blobs/sha256").resolve(digest.hex());
    }

    private Path committed(Image image) throws IOException {
        Path layer = snapshots.directory().resolve(snapshots.view(image.chainId()).lowers().getFirst());
        return layer.resolveSibling("committed.json");
    }

    private String content(Image image) throws IOException {
        return Files.readString(snapshots.directory().resolve(snapshots.view(image.chainId()).lowers().getFirst()).resolve("etc/name"));
    }

    private Optional<Image> find(String name) throws IOException {
        return images.find("test.local/" + name + ":1");
    }

    @ParameterizedTest
    @EnumSource
    void toARecordCostsThatImageAndItCanBeHadAgain(Damage damage) throws Exception {
        damage.to(root.resolve("images").resolve(hurt.id().hex() + ".json"));
        reopen();
        assertThat(find("hurt")).isEmpty();
        assertThat(find("other")).contains(other);
        assertThat(root.resolve("images").resolve(hurt.id().hex() + ".json.broken")).exists();
        assertThat(load("hurt")).isEqualTo(hurt);
        assertThat(content(hurt)).isEqualTo("hurt");
    }

    @Test
    void aRecordThatDoesNotFitIntoMemoryCostsThatImage() throws Exception {
        Path record = root.resolve("images").resolve(hurt.id().hex() + ".json");
        try (RandomAccessFile file = new RandomAccessFile(record.toFile(), "rw")) {
            file.setLength(3L << 30); // a hole; no array is that long
        }
        reopen();
        assertThat(find("hurt")).isEmpty();
        assertThat(find("other")).contains(other);
        assertThat(record.resolveSibling(record.getFileName() + ".broken")).exists();
    }

    @ParameterizedTest
    @EnumSource
    void toAConfigurationCostsThatImageAndItCanBeHadAgain(Damage damage) throws Exception {
        damage.to(blob(hurt.id()));
        reopen();
        assertThat(find("hurt")).isEmpty();
        assertThat(find("other")).contains(other);
    }

    @ParameterizedTest
    @EnumSource
    void toALayersRecordIsMendedFromTheBlob(Damage damage) throws Exception {
        damage.to(committed(hurt));
        reopen();
        images.awaitRestored();
        assertThat(snapshots.has(hurt.chainId())).isTrue();
        assertThat(content(hurt)).isEqualTo("hurt");
        assertThat(content(other)).isEqualTo("other");
        assertThat(find("hurt")).contains(hurt);
    }

    @Test
    void toALayersDirectoryIsMendedFromTheBlob() throws Exception {
        Path layer = committed(hurt).resolveSibling("fs");
        Files.move(layer, root.resolve("lost"));
        reopen();
        images.awaitRestored();
        assertThat(snapshots.has(hurt.chainId())).isTrue();
        assertThat(content(hurt)).isEqualTo("hurt");
    }

    /** A directory in the manifest's place can be opened, but not read, as a file of a disk that fails. */
    @Test
    void aManifestThatCannotBeReadSaysNothingAgainstItsImage() throws Exception {
        Path manifest = blob(Objects.requireNonNull(hurt.digests().getFirst().digest()));
        byte[] good = Files.readAllBytes(manifest);
        Damage.ONE_BIT.to(committed(hurt));
        Files.delete(manifest);
        Files.createDirectory(manifest);
        reopen();
        images.awaitRestored();
        assertThat(find("hurt")).contains(hurt);
        images.awaitRestored();
        assertThat(snapshots.has(hurt.chainId())).isFalse();
        Files.delete(manifest);
        Files.write(manifest, good);
        assertThat(find("hurt")).as("a use, which has it tried again").contains(hurt);
        images.awaitRestored();
        assertThat(content(hurt)).isEqualTo("hurt");
    }

    @Test
    void aManifestThatCannotBeReadIsFoundByTheCheck() throws Exception {
        Path manifest = blob(Objects.requireNonNull(hurt.digests().getFirst().digest()));
        Files.delete(manifest);
        Files.createDirectory(manifest);
        assertThat(ImageCheck.run(root, SnapshotCheck.run(root.resolve("snapshots"), false))).extracting(Finding::object)
                .contains("image " + hurt.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"layer", "manifest"})
    void toALayerAndWhatItIsMadeOfCostsThatImage(String what) throws Exception {
        Damage.ONE_BIT.to(committed(hurt));
        Digest target = Objects.requireNonNull(hurt.digests().getFirst().digest());
        Digest layer = hurt.config().diffIds().getFirst(); // an imported layer is not compressed
        Damage.ONE_BIT.to(blob(what.equals("layer") ? layer : target));
        reopen();
        images.awaitRestored();
        assertThat(find("hurt").isEmpty()).isTrue();
        assertThat(find("other")).contains(other);
        assertThat(content(other)).isEqualTo("other");
        assertThat(load("hurt")).isEqualTo(hurt);
        assertThat(content(hurt)).isEqualTo("hurt");
    }
}

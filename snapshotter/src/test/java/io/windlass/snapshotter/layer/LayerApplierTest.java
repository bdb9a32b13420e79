package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.linux.Xattr;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LayerApplierTest {
    @TempDir
    Path scratch;
    private Path layer;

    @BeforeEach
    void makeLayer() throws IOException {
        layer = Files.createDirectory(scratch.resolve("layer"));
        Files.writeString(scratch.resolve("outside"), "untouched");
    }

    private LayerApplier.Applied apply(Tar tar) throws ImageException {
        return apply(tar.bytes(), Limits.DEFAULT);
    }

    private LayerApplier.Applied apply(byte[] bytes, Limits limits) throws ImageException {
        return new LayerApplier(limits).apply(new ByteArrayInputStream(bytes), bytes.length, Digest.Algorithm.SHA256, layer);
    }

    private Stat stat(String name) throws IOException {
        return Syscall.statx(Fd.CWD, layer.resolve(name).toString(), Fcntl.AT_SYMLINK_NOFOLLOW);
    }

    @Test
    void keepsOwnersModesAndTimes() throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry("bin/su");
        entry.setMode(04755);
        entry.setIds(7, 8);
        entry.setModTime(java.nio.file.attribute.FileTime.from(java.time.Instant.ofEpochSecond(1_000_000_000L, 123_456_789)));
        entry.setSize(2);
        TarArchiveEntry directory = new TarArchiveEntry("bin/");
        directory.setMode(01777);
        directory.setModTime(1_000_000_000_000L);
        byte[] bytes = new Tar().put(directory, new byte[0]).put(entry, new byte[]{1, 2}).bytes();
        assertThat(apply(bytes, Limits.DEFAULT).diffId()).isEqualTo(Digest.sha256(bytes));
        Stat file = stat("bin/su");
        assertThat(file.permissions()).isEqualTo(04755);
        assertThat(file.uid()).isEqualTo(7);
        assertThat(file.modifyNanos() / 1_000_000_000L).isEqualTo(1_000_000_000L);
        assertThat(stat("bin").permissions()).isEqualTo(01777);
        assertThat(stat("bin").modifyNanos()).isEqualTo(1_000_000_000_000_000_000L);
    }

    @Test
    void keepsAttributesThatAreNotText() throws IOException {
        byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        String text = new String(capability, StandardCharsets.UTF_8);
        apply(new Tar().file("ping", 0755, new byte[]{1},
                Map.of("SCHILY.xattr.security.capability", text, "SCHILY.xattr.trusted.overlay.redirect", "/x")));
        assertThat(Xattr.lget(layer.resolve("ping").toString(), "security.capability")).hasValue(capability);
        assertThat(Xattr.llist(layer.resolve("ping").toString())).doesNotContain("trusted.overlay.redirect");
    }

    @Test
    void makesWhiteoutsForOverlayfs() throws IOException {
        apply(new Tar().file("gone/.wh.file", "").file("opaque/.wh..wh..opq", "").file(".wh..wh.plnk", "").file(".wh.again", "")
                .dir("again", 0755));
        assertThat(stat("gone/file").isCharacterDevice()).isTrue();
        assertThat(stat("gone/file").specialDevice()).isZero();
        assertThat(Xattr.lget(layer.resolve("opaque").toString(), "trusted.overlay.opaque")).hasValue(new byte[]{'y'});
        assertThat(Xattr.lget(layer.resolve("again").toString(), "trusted.overlay.opaque")).hasValue(new byte[]{'y'});
        assertThat(layer.resolve(".wh..wh.plnk")).doesNotExist();
    }

    @Test
    void theLaterOfTwoEntriesCounts() throws IOException {
        apply(new Tar().dir("a", 0755).file("a/b", "1").file("a", "now a file").symlink("c", "a").file("c", "2").file("d", "x")
                .dir("d", 0700).file("d/e", "3"));
        assertThat(layer.resolve("a")).isRegularFile().hasContent("now a file");
        assertThat(layer.resolve("c")).hasContent("2");
        assertThat(Files.isSymbolicLink(layer.resolve("c"))).isFalse();
        assertThat(layer.resolve("d/e")).hasContent("3");
    }

    @Test
    void linksAreResolvedInsideTheLayer() throws IOException {
        apply(new Tar().file("bin/sh", "sh").symlink("sbin", "/bin").file("sbin/init", "init").hardlink("link", "/sbin/init")
                .symlink("up", "../../../..")
                .file("up/top", "in the root").symlink("etc", "/absent/dir").file("etc/passwd", "made"));
        assertThat(layer.resolve("bin/init")).hasContent("init");
        assertThat(stat("link").inode()).isEqualTo(stat("bin/init").inode());
        assertThat(layer.resolve("top")).hasContent("in the root");
        assertThat(layer.resolve("absent/dir/passwd")).hasContent("made");
        assertThat(Files.readSymbolicLink(layer.resolve("up"))).isEqualTo(Path.of("../../../.."));
    }

    @Test
    void namesNeedNotBeText() throws IOException {
        byte[] tar = new Tar().file("XXX", "latin").bytes();
        int header = new String(tar, StandardCharsets.ISO_8859_1).lastIndexOf("XXX\0");
        tar[header] = (byte) 0xe9;
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += i >= 148 && i < 156 ? ' ' : tar[header + i] & 0xff;
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, tar, header + 148, 8);
        apply(tar, Limits.DEFAULT);
        byte[] path = (layer + "/?XX").getBytes(StandardCharsets.ISO_8859_1);
        path[path.length - 3] = (byte) 0xe9;
        assertThat(Syscall.statx(Fd.CWD, path, 0).size()).isEqualTo(5);
    }

    @Test
    void readsLongNamesDevicesAndFifos() throws IOException {
        String name = "d/".repeat(80) + "ü".repeat(100);
        apply(new Tar().file(name, "long").device("dev/null", TarConstants.LF_CHR, 1, 3).entry("pipe", TarConstants.LF_FIFO, ""));
        assertThat(layer.resolve(name)).hasContent("long");
        assertThat(stat("dev/null").specialDevice()).isEqualTo(Stat.makedev(1, 3));
        assertThat(stat("pipe").type()).isEqualTo(Stat.S_IFIFO);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(Arguments.of("dots", new Tar().file("a/../../outside", "x")),
                Arguments.of("dots at the end", new Tar().dir("a/..", 0755)),
                Arguments.of("hard link out", new Tar().hardlink("x", "../outside")),
                Arguments.of("hard link to nothing", new Tar().hardlink("x", "nowhere")),
                Arguments.of("hard link to a directory", new Tar().dir("d", 0755).hardlink("x", "d")),
                Arguments.of("hard link to the root", new Tar().hardlink("x", "/")),
                Arguments.of("device as a parent", new Tar().device("dev", TarConstants.LF_CHR, 1, 3).file("dev/x", "x")),
                Arguments.of("file as a parent", new Tar().file("f", "x").file("f/x", "x")),
                Arguments.of("link to itself as a parent", new Tar().symlink("l", "l").file("l/x", "x")),
                Arguments.of("whiteout of a parent", new Tar().file(".wh...", "")),
                Arguments.of("whiteout of nothing", new Tar().file("a/.wh.", "")),
                Arguments.of("root as a file", new Tar().symlink("./", "/etc")),
                Arguments.of("deep parents", new Tar().file("d/".repeat(1000) + "x", "x")),
                Arguments.of("long component", new Tar().file("n".repeat(300), "x")),
                Arguments.of("unknown type", new Tar().entry("x", (byte) 'V', "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void refuses(String name, Tar tar) throws IOException {
        assertThatThrownBy(() -> apply(tar)).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).as(e.toString()).isEqualTo(Kind.INVALID_ARGUMENT));
        assertThat(scratch.resolve("outside")).hasContent("untouched");
        try (Stream<Path> files = Files.list(scratch)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void aLinkIsReplacedAndNotWrittenThrough() throws IOException {
        apply(new Tar().symlink("x", scratch.resolve("outside").toString()).file("x", "inside"));
        assertThat(scratch.resolve("outside")).hasContent("untouched");
        assertThat(layer.resolve("x")).hasContent("inside");
    }

    @Test
    void limitsWhatALayerBecomes() {
        byte[] zeros = new Tar().file("zeros", 0644, new byte[1 << 20], Map.of()).bytes();
        assertExhausted(() -> apply(zeros, new Limits(10, 1 << 19, 250, 1 << 30, 1 << 20)));
        assertThatThrownBy(() -> apply(zeros, new Limits(0, 1 << 30, 250, 1 << 30, 1 << 20))).hasMessageContaining("more than 0 entries");
    }

    private static void assertExhausted(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ImageException.class,
                e -> assertThat(e.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED));
    }

    @Test
    void aBlobOfAnyLengthHasALimit() throws IOException {
        byte[] bytes = new Tar().file("f", "x").bytes();
        new LayerApplier(Limits.DEFAULT).apply(new ByteArrayInputStream(bytes), Long.MAX_VALUE, Digest.Algorithm.SHA256, layer);
        assertThat(layer.resolve("f")).hasContent("x");
    }

    @Test
    void limitsThePathsThatTheLayersOfAnImageMakeItRemember() throws IOException {
        LayerApplier image = new LayerApplier(new Limits(1000, 1 << 20, 250, 1 << 20, 4000));
        byte[] named = named(10);
        for (int i = 0; i < 5; i++) {
            assertThat(apply(image, named).implied()).containsExactly("");
        }
        assertExhausted(() -> apply(image, named(40)));
        byte[] implied = new Tar().file("d/".repeat(10) + "f", "x").bytes();
        for (int i = 0; i < 2; i++) {
            assertThat(apply(image, implied).implied()).hasSize(11);
        }
        assertExhausted(() -> {
            apply(image, implied);
            apply(image, implied);
        });
    }

    private static byte[] named(int count) {
        Tar tar = new Tar();
        for (int i = 0; i < count; i++) {
            tar.dir("d".repeat(80) + i, 0755);
        }
        return tar.bytes();
    }

    private LayerApplier.Applied apply(LayerApplier image, byte[] tar) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "layer");
        return image.apply(new ByteArrayInputStream(tar), tar.length, Digest.Algorithm.SHA256, directory);
    }

    @Test
    void remembersThePathsOfAnOrdinaryHugeImage() throws ImageException {
        AtomicLong image = new AtomicLong();
        for (int layers = 0; layers < 3; layers++) {
            PathBudget budget = new PathBudget(Limits.DEFAULT.paths(), image);
            for (int i = 0; i < 100_000; i++) {
                budget.take("d".repeat(100));
            }
        }
        assertThat(image).hasPositiveValue();
    }

    @Test
    void limitsTheHeadersOfOneEntryTogether() {
        byte[] record = ("700016 comment=" + "c".repeat(700_000) + "\n").getBytes(StandardCharsets.US_ASCII);
        TarArchiveEntry header = new TarArchiveEntry("header", TarConstants.LF_PAX_EXTENDED_HEADER_LC, true);
        header.setSize(record.length);
        byte[] bytes = new Tar().put(header, record).put(header, record).file("f", "x").bytes();
        assertExhausted(() -> apply(bytes, Limits.DEFAULT));
    }

    @Test
    void readsPastAnyNumberOfEmptyGzipMembers() throws IOException {
        byte[] tar = new Tar().file("f", "x").bytes();
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        byte[] empty = gzip(new byte[0]);
        for (int i = 0; i < 100_000; i++) {
            blob.write(empty);
        }
        blob.write(gzip(tar));
        blob.write(empty);
        assertThat(apply(blob.toByteArray(), Limits.DEFAULT).diffId()).isEqualTo(Digest.sha256(tar));
        assertThat(layer.resolve("f")).hasContent("x");
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    @Test
    void givesImpliedDirectoriesTheAttributesBelow() throws IOException {
        LayerApplier.Applied applied = apply(new Tar().file("home/user/file", "x"));
        assertThat(applied.implied()).containsExactlyInAnyOrder("", "home", "home/user");
        Path below = Files.createDirectories(scratch.resolve("below"));
        Files.createDirectories(below.resolve("home/user"));
        Syscall.fchmodat(Fd.CWD, below.resolve("home/user").toString(), 0700, 0);
        Syscall.fchownat(Fd.CWD, below.resolve("home/user").toString(), 1000, 1001, 0);
        ImpliedDirectories.settle(layer, applied.implied(), java.util.List.of(below));
        assertThat(stat("home/user").permissions()).isEqualTo(0700);
        assertThat(stat("home/user").gid()).isEqualTo(1001);
    }

    @Test
    void removesTreesOfAnyDepth() throws IOException {
        try (Fd root = Syscall.open(layer.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
            Syscall.mkdirat(root, "deep", 0755);
            Fd at = Syscall.openat(root, "deep", Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
            for (int i = 0; i < 1500; i++) {
                Syscall.mkdirat(at, "d", 0755);
                Fd next = Syscall.openat(at, "d", Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
                at.close();
                at = next;
            }
            at.close();
            Tree.remove(root, "deep".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(layer).isEmptyDirectory();
    }
}

package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RootDirTest {
    @TempDir
    private Path scratch = Path.of("/");
    private Path top = Path.of("/");
    private RootDir root = RootDir.adopt(Fd.CWD);

    @BeforeEach
    void setUp() throws IOException {
        top = Files.createDirectory(scratch.resolve("root"));
        Files.writeString(scratch.resolve("secret"), "of the host");
        Files.createDirectories(top.resolve("etc"));
        Files.writeString(top.resolve("etc/passwd"), "inside");
        root = RootDir.open(top);
    }

    @AfterEach
    void cleanUp() {
        root.close();
    }

    @ParameterizedTest
    @CsvSource({"/etc/passwd", "etc/passwd", "../../etc/passwd", "/../etc/passwd"})
    void pathsStayInside(String path) throws Exception {
        assertThat(new String(root.readSmallFile(path, 100), StandardCharsets.UTF_8)).isEqualTo("inside");
    }

    @ParameterizedTest
    @CsvSource({"/etc/passwd", "../../../../../../../../etc/passwd", "../../secret/../etc/passwd"})
    void linksStayInside(String target) throws Exception {
        Files.createSymbolicLink(top.resolve("link"), Path.of(target));
        if (target.contains("secret")) {
            assertThatThrownBy(() -> root.readSmallFile("link", 100)).hasMessageContaining("ENOENT");
        } else {
            assertThat(new String(root.readSmallFile("link", 100), StandardCharsets.UTF_8)).isEqualTo("inside");
        }
    }

    @Test
    void magicLinksAreRefused() throws Exception {
        try (RootDir proc = RootDir.open(Path.of("/proc"))) {
            assertThatThrownBy(() -> proc.open("self/root", Fcntl.O_PATH)).hasMessageContaining("ELOOP");
        }
    }

    @Test
    @Timeout(5)
    void onlyRegularFilesAreRead() throws Exception {
        Syscall.mknodat(root.fd(), "fifo", Stat.S_IFIFO | 0600, 0);
        Syscall.mknodat(root.fd(), "zero", Stat.S_IFCHR | 0600, Stat.makedev(1, 5));
        for (String path : new String[]{"fifo", "zero", "etc"}) {
            assertThatThrownBy(() -> root.readSmallFile(path, 100)).as(path).hasMessageContaining("not a regular file");
        }
        assertThatThrownBy(() -> root.readSmallFile("etc/passwd", 5)).hasMessageContaining("more than 5 bytes");
        assertThatThrownBy(() -> root.readSmallFile("nope", 5)).hasMessageContaining("ENOENT");
        assertThat(root.readSmallFile("etc/passwd", 6)).hasSize(6);
    }

    @Test
    void statFollowsLinksInside() throws Exception {
        Files.createSymbolicLink(top.resolve("link"), Path.of("/etc"));
        assertThat(root.stat("link")).hasValueSatisfying(s -> assertThat(s.isDirectory()).isTrue());
        assertThat(root.stat("/secret")).isEmpty();
        assertThat(root.stat("etc/passwd/x")).isEmpty();
    }

    @ParameterizedTest(name = "{0} -> {1}: mkdirs {2} makes {3}")
    @CsvSource({"a, /b/c, a/d, b/c/d", "a, ../../../x, a/d, x/d", "a, b, a, b", "a, /etc, a/d, etc/d", "a, ., a/d, d",
            "a, x/../y, a/d, y/d", "etc/a, /b, etc/a/d, b/d", "etc/a, b, etc/a/d, etc/b/d",
            "unused, /, p/q/../r, p/r"})
    void missingDirectoriesAreMadeBehindLinksInside(String link, String target, String path, String made) throws Exception {
        Files.createSymbolicLink(top.resolve(link), Path.of(target));
        try (Fd fd = root.mkdirs(path, 0755)) {
            assertThat(Syscall.fstat(fd).isSameFile(Syscall.statx(Fd.CWD, top.resolve(made).toString(), 0))).isTrue();
        }
        assertThat(top.resolve(made)).isDirectory();
        try (var outside = Files.list(scratch)) {
            assertThat(outside).hasSize(2);
        }
    }

    @Test
    void mkdirsNamesWhatIsInTheWay() throws Exception {
        Files.createSymbolicLink(top.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> root.mkdirs("loop/x", 0755)).hasMessageContaining("ELOOP");
        assertThatThrownBy(() -> root.mkdirs("etc/passwd/x", 0755)).hasMessageContaining("ENOTDIR");
    }
}

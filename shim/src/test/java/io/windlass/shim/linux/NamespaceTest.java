package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NamespaceTest {
    private Path directory = Path.of("/");
    private Path pin = Path.of("/");

    @BeforeEach
    void setUp() throws IOException {
        directory = Files.createTempDirectory("wl-namespace-");
        pin = directory.resolve("net");
    }

    @AfterEach
    void cleanUp() throws IOException {
        Namespace.unpin(pin);
        Files.delete(directory);
    }

    private static long inode(String path) throws IOException {
        return Syscall.statx(Fd.CWD, path, 0).inode();
    }

    @Test
    void pinnedNamespaceOutlivesItsThreadAndCanBeEntered() throws Exception {
        long made = NamespaceThread.call(() -> {
            Namespace.unshare(Namespace.NET);
            Namespace.NET.pin(pin);
            return inode("/proc/thread-self/ns/net");
        });
        assertThat(made).isNotEqualTo(inode("/proc/thread-self/ns/net")).isEqualTo(inode(pin.toString()));
        long entered = NamespaceThread.call(() -> {
            try (Fd fd = Namespace.NET.open(pin)) {
                Namespace.NET.setns(fd);
            }
            return inode("/proc/thread-self/ns/net");
        });
        assertThat(entered).isEqualTo(made);
    }

    @Test
    void unpinTakesMountAndFileAwayAndMayBeRepeated() throws Exception {
        Namespace.UTS.pin(pin);
        assertThat(Mounts.self()).anyMatch(m -> m.path().equals(pin.toString()) && m.type().equals("nsfs"));
        Namespace.unpin(pin);
        Namespace.unpin(pin);
        assertThat(Mounts.self()).noneMatch(m -> m.path().equals(pin.toString()));
        assertThat(pin).doesNotExist();
    }

    @Test
    void otherKindIsRefused() throws Exception {
        Namespace.UTS.pin(pin);
        assertThatThrownBy(() -> Namespace.NET.open(pin)).hasMessageContaining("not a net namespace");
        assertThatThrownBy(() -> Namespace.NET.open(Path.of("/etc/hostname"))).hasMessageContaining("not a net namespace");
    }

    @Test
    void hostnameIsSetInTheNewNamespaceOnly() throws Exception {
        String before = Files.readString(Path.of("/proc/sys/kernel/hostname"));
        String inside = NamespaceThread.call(() -> {
            Namespace.unshare(Namespace.UTS);
            Processes.sethostname("box");
            return Files.readString(Path.of("/proc/sys/kernel/hostname"));
        });
        assertThat(inside).isEqualTo("box\n");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/hostname"))).isEqualTo(before);
    }

    @Test
    void whatTheWorkThrowsComesOutAsItIs() {
        IOException thrown = new IOException("from inside");
        assertThatThrownBy(() -> NamespaceThread.call(() -> {
            throw thrown;
        })).isSameAs(thrown);
    }

    @Test
    void interruptDoesNotCutTheWorkShortAndIsKept() {
        Thread.currentThread().interrupt();
        assertThat(NamespaceThread.call(() -> "done")).isEqualTo("done");
        assertThat(Thread.interrupted()).isTrue();
    }
}

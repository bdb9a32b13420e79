package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SyscallTest {
    @TempDir
    private Path scratch = Path.of("/");
    private Fd dir = Fd.CWD;

    @BeforeEach
    void setUp() throws IOException {
        dir = Syscall.open(scratch.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
    }

    @AfterEach
    void cleanUp() {
        dir.close();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(scratch.resolve(name), text);
    }

    @Test
    void namesThatAreNoUtf8AreKept() throws Exception {
        byte[] name = {'a', (byte) 0xff, (byte) 0xfe};
        Syscall.mkdirat(dir, name, 0700);
        Syscall.symlinkat(name, dir, new byte[]{'l', (byte) 0x80});
        assertThat(FileIo.getdents(dir)).extracting(DirEntry::bytes).containsExactlyInAnyOrder(name, new byte[]{'l', (byte) 0x80});
        assertThat(Syscall.readlinkat(dir, new byte[]{'l', (byte) 0x80})).isEqualTo(name);
        assertThat(Syscall.statx(dir, name, 0).isDirectory()).isTrue();
        Syscall.unlinkat(dir, name, Fcntl.AT_REMOVEDIR);
        Syscall.unlinkat(dir, new byte[]{'l', (byte) 0x80}, 0);
    }

    @Test
    void nulInAPathIsRefused() {
        assertThatThrownBy(() -> Syscall.mkdirat(dir, "a\0b", 0700)).hasMessageContaining("NUL").hasMessageContaining("EINVAL");
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void statTellsWhatWasMade() throws Exception {
        Syscall.mknodat(dir, "zero", Stat.S_IFCHR | 0640, Stat.makedev(1, 5));
        Syscall.fchownat(dir, "zero", 12, 34, 0);
        Syscall.utimensat(dir, "zero", 1_500_000_001L, -2_500_000_000L, 0);
        Stat stat = Syscall.statx(dir, "zero", Fcntl.AT_SYMLINK_NOFOLLOW);
        assertThat(List.of(stat.type(), stat.permissions(), stat.uid(), stat.gid(), stat.major(), stat.minor(), stat.links()))
                .containsExactly(Stat.S_IFCHR, 0640, 12, 34, 1, 5, 1);
        assertThat(stat.accessNanos()).isEqualTo(1_500_000_001L);
        assertThat(stat.modifyNanos()).isEqualTo(-2_500_000_000L);
        assertThat(stat.mountId()).isPositive();
        long big = Stat.makedev(0xabcde, 0xfedcb);
        assertThat(Files.getAttribute(scratch.resolve("zero"), "unix:rdev")).isEqualTo(Stat.makedev(1, 5));
        assertThat(new Stat(0, 0, 0, 0, 0, 0, 0, 0, big, 0, 0, 0)).returns(0xabcde, Stat::major).returns(0xfedcb, Stat::minor);
    }

    @Test
    void hugeIdsAreKept() throws Exception {
        write("f", "");
        Syscall.fchownat(dir, "f", (int) 4_000_000_000L, 7, 0);
        assertThat(Integer.toUnsignedLong(Syscall.statx(dir, "f", 0).uid())).isEqualTo(4_000_000_000L);
    }

    @Test
    void modeIsSetThroughAPathDescriptorButNotOnALink() throws Exception {
        write("f", "");
        Syscall.symlinkat("f", dir, "link");
        try (Fd fd = Syscall.openat2(dir, "f", Fcntl.O_PATH, 0, 0)) {
            Syscall.fchmodat(fd, "", 06751, Fcntl.AT_EMPTY_PATH);
        }
        assertThat(Syscall.statx(dir, "f", 0).permissions()).isEqualTo(06751);
        assertThatThrownBy(() -> Syscall.fchmodat(dir, "link", 0600, Fcntl.AT_SYMLINK_NOFOLLOW)).hasMessageContaining("EOPNOTSUPP");
    }

    @Test
    void linksAndRenamesDoWhatTheyAreAsked() throws Exception {
        write("a", "1");
        write("b", "2");
        Syscall.linkat(dir, "a", dir, "c", 0);
        assertThat(Syscall.statx(dir, "a", 0).links()).isEqualTo(2);
        assertThatThrownBy(() -> Syscall.renameat2(dir, "a", dir, "b", Fcntl.RENAME_NOREPLACE))
                .hasMessage("renameat2 a b: EEXIST (file exists)");
        Syscall.renameat2(dir, "a", dir, "b", Fcntl.RENAME_EXCHANGE);
        assertThat(Files.readString(scratch.resolve("a"))).isEqualTo("2");
        assertThat(Syscall.exists(dir, "nope")).isFalse();
        assertThat(Syscall.exists(dir, "a")).isTrue();
    }

    @Test
    void openat2RefusesLinksAndLeavingWhenTold() throws Exception {
        Syscall.symlinkat("/etc/passwd", dir, "link");
        assertThatThrownBy(() -> Syscall.openat2(dir, "link", 0, 0, Fcntl.RESOLVE_NO_SYMLINKS)).hasMessageContaining("ELOOP");
        assertThatThrownBy(() -> Syscall.openat2(dir, "link", 0, 0, Fcntl.RESOLVE_BENEATH)).hasMessageContaining("EXDEV");
    }

    @Test
    void largeDirectoryIsListedWhole() throws Exception {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            String name = "entry-with-a-rather-long-name-" + i;
            Syscall.mknodat(dir, name, Stat.S_IFREG | 0600, 0);
            names.add(name);
        }
        assertThat(FileIo.getdents(dir)).extracting(DirEntry::name).hasSize(2000).containsAll(names);
    }

    @Test
    void attributesAreSetReadAndListed() throws Exception {
        write("f", "");
        String path = scratch.resolve("f").toString();
        byte[] large = new byte[3000];
        Xattr.lset(path, "user.a", new byte[]{1, 0, 2});
        try (Fd fd = Syscall.open(path, Fcntl.O_RDONLY, 0)) {
            Xattr.fset(fd, "trusted.b", large);
            assertThat(Xattr.flist(fd)).containsExactlyInAnyOrder("user.a", "trusted.b");
            assertThat(Xattr.fget(fd, "trusted.b")).hasValue(large);
        }
        assertThat(Xattr.lget(path, "user.a")).hasValue(new byte[]{1, 0, 2});
        assertThat(Xattr.lget(path, "user.none")).isEmpty();
        Xattr.lremove(path, "user.a");
        assertThat(Xattr.llist(path)).containsExactly("trusted.b");
    }

    @Test
    void fileSystemIsMeasured() throws Exception {
        assertThat(Syscall.statfs("/proc").type()).isEqualTo(StatFs.PROC_SUPER_MAGIC);
        StatFs here = Syscall.fstatfs(dir);
        assertThat(here.blocks()).isGreaterThan(here.blocksFree());
        assertThat(here.usedBytes()).isPositive();
    }

    @Test
    void directBufferIsReadAndWrittenFromItsPosition() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(16);
        buffer.put("..hello".getBytes()).flip().position(2);
        try (Fd fd = Syscall.openat(dir, "f", Fcntl.O_RDWR | Fcntl.O_CREAT, 0600)) {
            fd.writeFully(buffer);
            assertThat(Files.readString(scratch.resolve("f"))).isEqualTo("hello");
            buffer.clear().position(4);
            assertThat(fd.pread(buffer, 1)).isEqualTo(4);
            assertThat(buffer.position()).isEqualTo(8);
            assertThat(buffer.get(4)).isEqualTo((byte) 'e');
            FileIo.lseek(fd, 0);
            assertThat(fd.readAll(5)).hasSize(5);
            FileIo.lseek(fd, 0);
            assertThatThrownBy(() -> fd.readAll(4)).hasMessageContaining("EFBIG");
        }
    }

    @Test
    void descriptorHasOneOwner() throws Exception {
        Fd fd = Syscall.openat(dir, ".", Fcntl.O_RDONLY, 0);
        int number = fd.release();
        assertThat(fd.isOpen()).isFalse();
        assertThatThrownBy(fd::number).isInstanceOf(IllegalStateException.class);
        Fd again = Fd.adopt(number);
        try (Fd copy = again.dup()) {
            assertThat(copy.number()).isNotEqualTo(number);
        }
        again.close();
        again.close();
        assertThatThrownBy(Fd.adopt(number)::close).hasMessageContaining("closed by someone else");
    }

    @Test
    void errnoIsDescribed() {
        assertThat(Errno.describe(Errno.ENOENT)).isEqualTo("ENOENT (no such file or directory)");
        assertThat(Errno.name(Errno.ELOOP)).isEqualTo("ELOOP");
        assertThat(Errno.describe(4000)).isEqualTo("errno 4000");
    }
}

package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MountTest {
    @TempDir
    private Path scratch = Path.of("/");

    /** Runs in a mount namespace that ends with the test. */
    private static void isolated(NamespaceThread.Work<@Nullable Void, IOException> work) throws IOException {
        NamespaceThread.call(() -> {
            Namespace.unshare(Namespace.MNT);
            Mount.mount(null, "/", null, Mount.MS_REC | Mount.MS_PRIVATE, null);
            return work.call();
        });
    }

    private static List<MountPoint> table() throws IOException {
        try (Fd fd = Syscall.open("/proc/thread-self/mountinfo", Fcntl.O_RDONLY, 0)) {
            return Mounts.parse(fd.readAll(1 << 20));
        }
    }

    @Test
    void detachedFileSystemIsConfiguredAndAttached() throws Exception {
        String target = Files.createDirectory(scratch.resolve("with space")).toString();
        isolated(() -> {
            try (Fd context = Mount.fsopen("tmpfs"); Fd to = Syscall.open(target, Fcntl.O_PATH, 0)) {
                Mount.fsconfig(context, "size", "1m");
                Mount.fsconfigCreate(context);
                try (Fd mount = Mount.fsmount(context, Mount.MOUNT_ATTR_NOSUID)) {
                    Mount.moveMount(mount, "", to, "", Mount.MOVE_MOUNT_F_EMPTY_PATH | Mount.MOVE_MOUNT_T_EMPTY_PATH);
                }
            }
            assertThat(table()).anySatisfy(m -> {
                assertThat(m.path()).isEqualTo(target);
                assertThat(m.type()).isEqualTo("tmpfs");
                assertThat(m.options()).contains("nosuid");
                assertThat(m.hasSuperOption("size=1024k")).isTrue();
            });
            Mount.mountSetattr(Fd.CWD, target, 0, Mount.MOUNT_ATTR_RDONLY, 0, 0, null);
            assertThatThrownBy(() -> Syscall.mkdirat(Fd.CWD, target + "/x", 0700)).hasMessageContaining("EROFS");
            Mount.umount2(target, Mount.UMOUNT_NOFOLLOW);
            return null;
        });
        assertThat(Mounts.self()).noneMatch(m -> m.path().equals(target));
    }

    @Test
    void badOptionIsExplainedByTheKernel() throws Exception {
        try (Fd context = Mount.fsopen("tmpfs")) {
            assertThatThrownBy(() -> Mount.fsconfig(context, "size", "nonsense")).hasMessageContaining("fsconfig size=nonsense [")
                    .hasMessageContaining("tmpfs").hasMessageContaining("EINVAL");
            assertThatThrownBy(() -> Mount.fsconfig(context, "nope")).hasMessageContaining("nope");
        }
        assertThatThrownBy(() -> Mount.fsopen("nope")).hasMessage("fsopen nope: ENODEV (no such device)");
    }

    @Test
    void clonedTreeIsAMountOfItsOwn() throws Exception {
        Files.createDirectories(scratch.resolve("from/inner"));
        Path to = Files.createDirectory(scratch.resolve("to"));
        isolated(() -> {
            try (Fd tree = Mount.openTree(Fd.CWD, scratch.resolve("from").toString(), Mount.OPEN_TREE_CLONE | Fcntl.AT_RECURSIVE)) {
                Mount.moveMount(tree, "", Fd.CWD, to.toString(), Mount.MOVE_MOUNT_F_EMPTY_PATH);
            }
            assertThat(Syscall.exists(Fd.CWD, to.resolve("inner").toString())).isTrue();
            return null;
        });
        assertThat(to).isEmptyDirectory();
    }

    @Test
    void rootIsExchanged() throws Exception {
        Files.createDirectory(scratch.resolve("inside"));
        String root = scratch.toString();
        isolated(() -> {
            Mount.mount(root, root, null, Mount.MS_BIND, null);
            try (Fd at = Syscall.open(root, Fcntl.O_PATH, 0)) {
                Mount.pivotRoot(root, root);
                assertThat(Syscall.exists(at, "/inside")).isTrue();
            }
            return null;
        });
    }

    @Test
    void failureNamesSourceAndTarget() {
        assertThatThrownBy(() -> Mount.mount("/nope", "/data-nope", null, Mount.MS_BIND, null))
                .hasMessage("mount /nope /data-nope: ENOENT (no such file or directory)");
    }

    @Test
    void tableIsParsedWithEscapesAndAnyNumberOfOptionalFields() {
        String table = """
                22 27 0:21 / /proc rw,relatime - proc proc rw
                36 35 98:0 /a\\040b /mnt\\134x\\011y rw master:1 shared:2 - ext3 /dev/root rw,errors=continue
                not a mount
                37 35 98:0 / /empty rw - tmpfs  rw
                38 35 0:5 / /no-super rw - fuse x
                """;
        List<MountPoint> mounts = Mounts.parse(table.stripTrailing().getBytes(StandardCharsets.UTF_8));
        assertThat(mounts).extracting(MountPoint::path).containsExactly("/proc", "/mnt\\x\ty", "/empty", "/no-super");
        MountPoint second = mounts.get(1);
        assertThat(second.root()).isEqualTo("/a b");
        assertThat(second.propagation()).containsExactly("master:1", "shared:2");
        assertThat(second.isShared()).isTrue();
        assertThat(second.hasSuperOption("rw")).isTrue();
        assertThat(mounts.get(0).isShared()).isFalse();
        assertThat(mounts.get(2).source()).isEmpty();
    }
}

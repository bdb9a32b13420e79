package io.windlass.shim.process;

import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.MountFlag;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContainerMountTest {
    private static final int STARTS = 60;

    private Box box;

    @BeforeEach
    void open() throws IOException {
        box = new Box();
    }

    @AfterEach
    void close() throws IOException {
        box.close();
    }

    private Path source(String name, String text) throws IOException {
        Path directory = Files.createDirectories(box.directory.resolve("src-" + name));
        Files.writeString(directory.resolve("file"), text);
        return directory;
    }

    @Test
    void bindsDirectoriesAndFilesAndMakesTheirPlaces() throws Exception {
        Path source = source("a", "hello\n");
        String out = box.run(box.spec(Box.shell("cat /deep/er/file /etc/new/hosts; echo x > /deep/er/made"),
                MountSpec.Bind.of("/deep/er", source, false), MountSpec.Bind.of("/etc/new/hosts", source.resolve("file"), true)));
        assertThat(out).isEqualTo("hello\nhello\n");
        assertThat(source.resolve("made")).hasContent("x\n");
        assertThat(box.upper().resolve("etc/new/hosts")).isRegularFile();
    }

    @Test
    void followsDanglingLinksInsideTheRoot() throws Exception {
        Files.createDirectories(box.lower.resolve("var"));
        Files.createSymbolicLink(box.lower.resolve("var/run"), Path.of("/run"));
        Files.createSymbolicLink(box.lower.resolve("etc/mtab"), Path.of("../away"));
        Path source = source("a", "hello\n");
        String out = box.run(box.spec(Box.shell("cat /run/secrets/file /away"), MountSpec.Bind.of("/var/run/secrets", source, true),
                MountSpec.Bind.of("/etc/mtab", source.resolve("file"), true)));
        assertThat(out).isEqualTo("hello\nhello\n");
    }

    @Test
    void makesWhatLinksOnTheWayLeadToInsideTheRoot() throws Exception {
        for (String link : List.of("data -> /mnt/volumes/one", "chain -> ./data/deep/er", "out -> ../../../srv/a/b",
                "etc/conf -> /etc/new/dir/conf")) {
            String[] ends = link.split(" -> ");
            Files.createSymbolicLink(box.lower.resolve(ends[0]), Path.of(ends[1]));
        }
        Path source = source("a", "hello\n");
        String out = box.run(box.spec(
                Box.shell("cat /mnt/volumes/one/x/file /mnt/volumes/one/deep/er/file /srv/a/b/c/d/file /etc/new/dir/conf; "
                        + "stat -c %a /mnt /mnt/volumes /srv/a"),
                MountSpec.Bind.of("/data/x", source, true), MountSpec.Bind.of("/chain", source, true),
                MountSpec.Bind.of("/out/c/d", source, true), MountSpec.Bind.of("/etc/conf", source.resolve("file"), true)));
        assertThat(out).isEqualTo("hello\nhello\nhello\nhello\n755\n755\n755\n");
        assertThat(Path.of("/srv/a")).doesNotExist();
        assertThat(box.directory.resolve("srv")).doesNotExist();
    }

    /** Where a link goes up, the kernel says EAGAIN when anything on the machine was mounted meanwhile. */
    @Test
    void findsPlacesWhileOthersMount() throws Exception {
        Files.createSymbolicLink(box.lower.resolve("out"), Path.of("../".repeat(1000) + "srv"));
        MountSpec mount = MountSpec.Bind.of("/out/c", source("a", "hello\n"), true);
        Process others = new ProcessBuilder("unshare", "--mount", "sh", "-c",
                "while :; do for i in 1 2 3 4 5 6 7 8 9; do mount -t tmpfs none /mnt; done; umount -R /mnt; done").start();
        try {
            for (int i = 0; i < STARTS; i++) {
                assertThat(box.run(box.spec(Box.shell("cat /srv/c/file"), mount))).isEqualTo("hello\n");
            }
        } finally {
            others.destroyForcibly().waitFor();
        }
    }

    @Test
    void saysWhichPlaceCannotBeMade() throws Exception {
        Files.createSymbolicLink(box.lower.resolve("data"), Path.of("/etc/passwd/a/b"));
        Files.createSymbolicLink(box.lower.resolve("loop"), Path.of("loop"));
        Path source = source("a", "hello\n");
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process("true"), MountSpec.Bind.of("/data/x", source, true))))
                .isInstanceOf(LaunchException.class).hasMessageStartingWith("mount /data/x: ENOTDIR");
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process("true"), MountSpec.Bind.of("/loop/x/y", source, true))))
                .isInstanceOf(LaunchException.class).hasMessageStartingWith("mount /loop/x/y: ELOOP");
    }

    @Test
    void mountsBelowAnEarlierMountThroughALink() throws Exception {
        Files.createDirectories(box.lower.resolve("var"));
        Files.createSymbolicLink(box.lower.resolve("var/run"), Path.of("/run"));
        Path run = Files.createDirectories(box.directory.resolve("run"));
        Path source = source("a", "hello\n");
        String out = box.run(box.spec(Box.shell("cat /run/secrets/file"), MountSpec.Bind.of("/run", run, false),
                MountSpec.Bind.of("/var/run/secrets", source, true)));
        assertThat(out).isEqualTo("hello\n");
    }

    @Test
    void keepsReadOnlyMountsReadOnly() throws Exception {
        Path source = source("a", "hello\n");
        String out = box.run(box.spec(Box.shell("echo x > /data/file || echo refused; mount -o remount,rw /data 2>/dev/null || echo kept"),
                MountSpec.Bind.of("/data", source, true)));
        assertThat(out).contains("refused", "kept").contains("Read-only file system");
        assertThat(source.resolve("file")).hasContent("hello");
    }

    @Test
    void refusesAMountOverProcfs() throws Exception {
        Files.createSymbolicLink(box.lower.resolve("data"), Path.of("/proc/sys"));
        Path source = source("a", "hello\n");
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process("true"), MountSpec.Bind.of("/data", source, true))))
                .isInstanceOf(LaunchException.class).hasMessage("mount /data: the destination lies in procfs");
    }

    @Test
    void refusesALinkAtProc() throws Exception {
        Files.delete(box.lower.resolve("proc"));
        Files.createSymbolicLink(box.lower.resolve("proc"), Path.of("tmp"));
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process("true")))).isInstanceOf(LaunchException.class)
                .hasMessageStartingWith("mount /proc: ELOOP");
    }

    @Test
    void hidesAndProtectsPaths() throws Exception {
        String out = box.run(box.spec(Box.shell("stat -c '%t:%T' /proc/timer_list; ls -A /sys/firmware | wc -l; "
                + "echo 1 > /proc/sys/kernel/domainname || echo refused; mkdir /sys/x || echo refused")));
        assertThat(out).startsWith("1:3\n0\nrefused\nrefused\n").doesNotContain("nonexistent");
    }

    @Test
    void givesAFreshDev() throws Exception {
        String out = box.run(box
                .spec(Box.shell("stat -c '%n %F %t:%T %a' /dev/null /dev/tty; readlink /dev/fd; readlink /dev/stdout; readlink /dev/ptmx; "
                        + "ls /dev/pts; echo x > /dev/null && head -c 3 /dev/zero | wc -c; readlink /proc/self/fd/0")));
        assertThat(out).isEqualTo("""
                /dev/null character special file 1:3 666
                /dev/tty character special file 5:0 666
                /proc/self/fd
                /proc/self/fd/1
                pts/ptmx
                ptmx
                3
                /dev/null
                """);
    }

    @Test
    void bindsDevicesWhereNodesMayNotBeMade() throws Exception {
        box.launcher.bindDevices();
        String out = box
                .run(box.spec(Box.shell("stat -c %t:%T /dev/null; echo x > /dev/null; grep -c ' /dev/null ' /proc/self/mountinfo")));
        assertThat(out).isEqualTo("1:3\n1\n");
    }

    /** Else the end of a container would wait until the disk has taken all that anybody has written. */
    @Test
    void endsWithoutWaitingForTheDisk() throws Exception {
        ContainerSpec spec = box.spec(Box.shell("grep ' / overlay ' /proc/mounts; echo x > /x; sync /x"));
        assertThat(box.run(spec)).contains("volatile");
        assertThat(box.run(spec)).as("the next start with the same root").contains("volatile");
    }

    @Test
    void showsAnImageOfOneOrMoreLayers() throws Exception {
        Files.createDirectories(box.directory.resolve("top/etc"));
        Files.writeString(box.directory.resolve("top/etc/more"), "more\n");
        Files.createSymbolicLink(box.directory.resolve("top/link"), Path.of("/../../etc"));
        MountSpec two = new MountSpec.Image("/two", box.directory, List.of("top", "image"), "link", Set.of(MountFlag.NOEXEC));
        MountSpec one = new MountSpec.Image("/one", box.directory, List.of("top"), "etc/more", Set.of());
        String out = box.run(
                box.spec(Box.shell("cat /two/passwd /two/more /one; echo x > /two/y || echo refused; mount | grep -c overlay"), two, one));
        assertThat(out).startsWith("root:x:0:0::/root:/bin/sh\nmore\nmore\nrefused\n2\n");
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(box.directory.toString());
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process("true"),
                new MountSpec.Image("/x", box.directory, List.of("top"), "absent", Set.of()))))
                .hasMessageStartingWith("sub path absent of the image for /x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc", "/proc/", "//proc", "/proc/.", "/tmp/../proc"})
    void mountsNothingButAProcfsAtProc(String proc) throws Exception {
        assertThatThrownBy(() -> box.start("a", box.spec(Box.process("true"), MountSpec.Bind.of(proc, source("a", "x"), true))))
                .isInstanceOf(LaunchException.class).hasMessage("mount /proc: the source is not a procfs");
    }

    @Test
    void makesTheRootReadOnly() throws Exception {
        String out = box
                .run(box.spec(Box.shell("echo x > /file; echo y > /dev/shm/file && echo fine"), Namespaces.allNew(), box.root(true)));
        assertThat(out).contains("Read-only file system").contains("fine");
    }

    @Test
    void leavesNothingOfTheHost() throws Exception {
        String out = box
                .run(box.spec(Box.shell(
                        "grep -c " + box.directory + "/src /proc/self/mountinfo; set -- /proc/self/fd/*; echo $#; ps > /ps; wc -l < /ps; "
                                + "cat /proc/self/mountinfo | grep -c ' / / '")));
        assertThat(out).isEqualTo("0\n4\n3\n1\n"); // 0, 1, 2 and the directory; heading, sh, ps
    }
}

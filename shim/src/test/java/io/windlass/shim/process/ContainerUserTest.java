package io.windlass.shim.process;

import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.spec.CgroupJoin;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.shim.spec.ExecSpec;
import io.windlass.shim.spec.LinuxSpec;
import io.windlass.shim.spec.MountSpec;
import io.windlass.shim.spec.NamespaceSpec;
import io.windlass.shim.spec.Namespaces;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.UserNamespace;
import io.windlass.shim.spec.UserSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Containers in a user namespace, which a holder keeps. */
class ContainerUserTest {
    private static final int HOST = 200_000;
    private Box box;
    private NamespaceHolder holder;
    private UserNamespace user;

    @BeforeEach
    void open() throws IOException {
        box = new Box();
        holder = box.launcher.holdNamespaces(NamespaceSpec.NEW, NamespaceSpec.NEW, NamespaceSpec.NEW);
        user = new UserNamespace(Namespace.USER.of(holder.pid()), HOST, HOST, 65536);
        holder.map(user);
    }

    @AfterEach
    void close() throws IOException {
        holder.close();
        box.close();
    }

    private Namespaces namespaces(NamespaceSpec pid) {
        return new Namespaces(NamespaceSpec.join(Namespace.NET.of(holder.pid())), NamespaceSpec.join(Namespace.IPC.of(holder.pid())),
                NamespaceSpec.join(Namespace.UTS.of(holder.pid())), pid, NamespaceSpec.NEW, user);
    }

    private ContainerSpec spec(String script, MountSpec... mounts) throws IOException {
        return box.spec(Box.shell(script), namespaces(NamespaceSpec.NEW), box.root(false), mounts);
    }

    @Test
    void isRootOfItsOwnNamespaceOnly() throws Exception {
        ShimProcess container = box.start("a", spec("sleep 100"));
        assertThat(Files.readString(Path.of("/proc/" + container.initPid() + "/uid_map")).strip().replaceAll(" +", " "))
                .isEqualTo("0 200000 65536");
        assertThat(Files.readAllLines(Path.of("/proc/" + container.initPid() + "/status")))
                .anyMatch(line -> line.startsWith("Uid:\t200000\t"))
                .anyMatch(line -> line.startsWith("NSpid:") && line.endsWith("\t1"));
        ExecResult result = box.launcher.execSync(container,
                new ExecSpec(Box.shell("echo x > /file; cat /file; id -u; stat -c %u /file; exit 3"),
                        CgroupJoin.NONE, user),
                Duration.ofSeconds(10), 1000, () -> {
                });
        assertThat(new String(result.stdout(), StandardCharsets.UTF_8)).isEqualTo("x\n0\n0\n");
        assertThat(result.code()).isEqualTo(3);
        assertThat((Integer) Files.getAttribute(box.upper().resolve("file"), "unix:uid")).as("the owner on disk").isZero();
    }

    @Test
    void tellsItsEnd() throws Exception {
        box.start("a", spec("exit 42"));
        assertThat(box.exit().code()).isEqualTo(42);
        assertThat(ExitRecordFile.exitOf("a", box.record("a"))).hasValueSatisfying(exit -> assertThat(exit.code()).isEqualTo(42));
    }

    @Test
    void tellsWhyItCannotStart() throws Exception {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> box.start("a", spec("true", MountSpec.Bind
                .of("/proc/sys/kernel", box.directory, false))))).isInstanceOf(LaunchException.class)
                .hasMessageContaining("lies in procfs");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> box.start("b", spec("true", MountSpec.Bind
                .of("/data", Path.of("/nowhere"), false))))).isInstanceOf(LaunchException.class)
                .hasMessageStartingWith("bind source /nowhere");
    }

    /** The helper is the one process that the limit lets be, so that it cannot make another. */
    @Test
    void tellsOfNoEndWhereALimitKeepsItFromBeingBorn() throws Exception {
        CgroupDriver driver = CgroupDriver.detect();
        Cgroup cgroup = driver.cgroup("/wl-unborn-" + System.nanoTime());
        cgroup.create();
        try {
            cgroup.apply(new Resources(Resources.Memory.NONE, Resources.Cpu.NONE, 1L, List.of(), Map.of(), Map.of()));
            List<Path> files = cgroup.joinFiles();
            CgroupJoin join = new CgroupJoin(files.stream().filter(file -> file.endsWith("tasks")).toList(),
                    driver.isV2() ? files.getFirst().getParent() : null);
            ContainerSpec spec = spec("true");
            LinuxSpec linux = spec.linux();
            LinuxSpec limited = new LinuxSpec(linux.namespaces(), join, linux.resources(), linux.maskedPaths(), linux.readonlyPaths(),
                    linux.devices(), linux.sysctl());
            assertThatThrownBy(() -> box.start("a", new ContainerSpec(spec.process(), spec.root(), "", spec.mounts(), limited)))
                    .isInstanceOf(LaunchException.class).hasMessageStartingWith("clone: EAGAIN");
            assertThat(ExitRecordFile.exitOf("a", box.record("a"))).isEmpty();
        } finally {
            cgroup.kill();
            cgroup.delete(Duration.ofSeconds(5));
        }
    }

    @Test
    void hasATerminalAndDevicesOfItsOwn() throws Exception {
        ContainerSpec spec = box.spec(
                Box.shell("tty; stat -c %t:%T /dev/null /dev/console; echo x > /dev/null; sleep 100").withTerminal(true),
                namespaces(NamespaceSpec.NEW), box.root(false));
        ShimProcess container = box.start("a", spec);
        StringBuilder out = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (out.toString().lines().count() < 3) {
            int n = ((Stdio.Terminal) container.stdio()).master().read(buffer, buffer.length);
            out.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
        assertThat(out.toString().replace("\r", "")).startsWith("/dev/pts/0\n1:3\n88:0\n");
    }

    @Test
    void mapsOwnersOfVolumesThatAreToBeMapped() throws Exception {
        Path source = Files.createDirectories(box.directory.resolve("volume"));
        Files.setAttribute(Files.writeString(source.resolve("file"), "x"), "unix:uid", 7);
        String out = box.run(spec("stat -c %u /mapped/file /plain/file; echo y > /mapped/new", MountSpec.Bind.of("/mapped", source, false)
                .idMapped(true), MountSpec.Bind.of("/plain", source, false)));
        assertThat(out).isEqualTo("7\n65534\n");
        assertThat((Integer) Files.getAttribute(source.resolve("new"), "unix:uid")).isZero();
    }

    @Test
    void givesItsStreamsToItsUser() throws Exception {
        ContainerSpec spec = box.spec(Box.shell("echo out > /dev/stdout; id -u").withUser(new UserSpec(1000, 1000, List.of(), 0022)),
                namespaces(NamespaceSpec.NEW), box.root(false));
        assertThat(box.run(spec)).isEqualTo("out\n1000\n");
    }

    @Test
    void joinsThePodsProcesses() throws Exception {
        try (PodInit init = box.launcher.podInit("pod", namespaces(NamespaceSpec.NEW), CgroupJoin.NONE)) {
            try {
                NamespaceSpec shared = NamespaceSpec.join(Namespace.PID.of(init.pid()));
                String out = box
                        .run(box.spec(Box.shell("stat -c %u /proc/1; kill -0 1 && echo ours"), namespaces(shared), box.root(false)));
                assertThat(out).isEqualTo("0\nours\n");
            } finally {
                assertThat(init.kill(Duration.ofSeconds(10))).isTrue();
            }
        }
    }

    @Test
    void endsWithItsHolderUnlessPinned() throws Exception {
        Path pin = box.directory.resolve("user");
        Namespace.USER.pin(holder.pid(), pin);
        try {
            holder.close();
            Namespace.USER.open(pin).close();
        } finally {
            Namespace.unpin(pin);
        }
        holder = box.launcher.holdNamespaces(NamespaceSpec.HOST, NamespaceSpec.HOST, NamespaceSpec.HOST);
    }
}

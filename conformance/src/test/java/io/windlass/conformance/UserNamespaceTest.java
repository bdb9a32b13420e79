package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TarLayer;
import io.windlass.conformance.fixture.TarLayer.Owner;
import io.windlass.conformance.fixture.TestImage.Layer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.IDMapping;
import io.windlass.cri.v1.ImageSpec;
import io.windlass.cri.v1.Int64Value;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.UserNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
@DiffersOn(value = "containerd", why = "1.6 knows no user namespaces")
class UserNamespaceTest {
    private static final int HOST = 131072;
    private static final IDMapping MAPPING = mapping(HOST, 0, 65536);
    private static final UserNamespace OWN = UserNamespace.newBuilder().setMode(NamespaceMode.POD).addUids(MAPPING).addGids(MAPPING)
            .build();

    @Test
    void isThePodsAndOwnsItsOtherNamespaces(Node node) throws Exception {
        try (Pod pod = Pod.run(node, own())) {
            PodContainer first = pod.start("sleep", "1000");
            PodContainer second = pod.start("sleep", "1000");
            assertThat(first.sh("cat /proc/self/uid_map /proc/self/gid_map").lines().map(line -> line.strip().replaceAll(" +", " ")))
                    .containsExactly("0 131072 65536", "0 131072 65536");
            assertThat(first.sh("readlink /proc/self/ns/user")).isEqualTo(second.sh("readlink /proc/self/ns/user"))
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user")) + "\n");
            assertThat(first.sh("readlink /proc/1/ns/user")).isEqualTo(first.sh("readlink /proc/self/ns/user"));
            Path process = Path.of("/proc", pid(first));
            assertThat(Files.readString(process.resolve("uid_map")).strip().replaceAll(" +", " ")).isEqualTo("0 131072 65536");
            assertThat(Files.readAllLines(process.resolve("status"))).anyMatch(line -> line.matches("Uid:(\\s131072){4}"))
                    .anyMatch(line -> line.matches("Gid:(\\s131072){4}")).anyMatch(line -> line.matches("Groups:\\s131072 "));
            assertThat(pod.status().getLinux().getNamespaces().getOptions().getUsernsOptions()).isEqualTo(OWN);
        }
    }

    @Test
    void showsTheImageAsItIs(Node node) throws Exception {
        TarLayer layer = new TarLayer().file("data/of-app", "x".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                new Owner(1000, 1000, 0640));
        node.registry().push("owners", "1",
                TestImages.busybox().plus(Layer.gzip(layer)).with("Volumes", Map.of("/data", Map.of())).with("User", "app"));
        try (Pulled image = Pulled.pull(node, node.registry().reference("owners:1")); Pod pod = Pod.run(node, own())) {
            PodContainer container = pod.start(sleeping().andThen(c -> c.setImage(ImageSpec.newBuilder().setImage(image.name()))
                    .addMounts(
                            Mount.newBuilder().setContainerPath("/again").setReadonly(true).addUidMappings(MAPPING).addGidMappings(MAPPING)
                                    .setImage(ImageSpec.newBuilder().setImage(image.name())))));
            assertThat(container.sh("id -u; stat -c %u:%g /bin/busybox /data/of-app /again/data/of-app /home/app; cat /data/of-app"))
                    .isEqualTo("1000\n0:0\n1000:1000\n1000:1000\n1000:1000\nx");
            container.sh("echo more >> /data/of-app; echo new > /home/app/made; rm -r /home/app/made");
        }
    }

    /** As on a file server that knows no root: the group is nobody's inside, so that root has no power over the directories. */
    @Test
    void worksInADirectoryThatIsForbiddenToRoot(Node node) throws Exception {
        Path home = node.scratch().directory("mounts/home");
        for (Path own : List.of(home, node.scratch().directory("mounts/home/work"))) {
            Files.setAttribute(own, "unix:uid", HOST + 1000);
            Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
        }
        try (Pod pod = Pod.run(node, own())) {
            for (String directory : List.of("/own", "/own/work")) {
                Consumer<ContainerConfig.Builder> in = sleeping().andThen(mount(home, m -> m.setContainerPath("/own")))
                        .andThen(c -> c.setWorkingDir(directory));
                PodContainer users = pod.start(in.andThen(c -> c.getLinuxBuilder().getSecurityContextBuilder()
                        .setRunAsUser(Int64Value.newBuilder().setValue(1000))));
                assertThat(users.sh("readlink /proc/1/cwd; readlink /proc/self/cwd")).isEqualTo(directory + "\n" + directory + "\n");
                PodContainer roots = pod.create(in);
                assertThat(Failure.of(node, Code.FAILED_PRECONDITION, roots::start).message()).contains("working directory " + directory,
                        "EACCES");
            }
        }
    }

    @Test
    void letsItsRootWriteItsRoot(Node node) throws Exception {
        try (Pod pod = Pod.run(node, own())) {
            PodContainer container = pod.start(sleeping());
            assertThat(container.sh("echo x > /file; mkdir /dir; chown 7:8 /dir; echo root:x:0:0:r:/:/bin/sh > /etc/passwd; rm /etc/group; "
                    + "stat -c %u:%g /file /dir /etc/passwd; echo y > /dev/shm/z; echo hi > /etc/hosts; cat /etc/hosts; ls /etc | grep -c group; true"))
                    .isEqualTo("0:0\n7:8\n0:0\nhi\n0\n");
            assertThat(container.sh("stat -c %u:%g /etc/resolv.conf /etc/hostname /dev/shm")).isEqualTo("0:0\n0:0\n0:0\n");
        }
    }

    @Test
    void hasItsDevicesSystemFilesystemsAndStreams(Node node) throws Exception {
        try (Pod pod = Pod.run(node, own())) {
            assertThat(pod.script(
                    "echo out > /dev/stdout; echo err > /dev/stderr; stat -c %t:%T /dev/null /dev/tty; head -c 2 /dev/zero | wc -c; "
                            + "mount | grep -c -E ' on /(proc|sys|dev/mqueue|dev/pts|sys/fs/cgroup) '; ls /sys/class/net | sort | tr '\\n' ' '; "
                            + "mknod /n c 1 3 2> /dev/null || echo refused")
                    .output().lines())
                    .containsExactlyInAnyOrder("out", "err", "1:3", "5:0", "2", "5", "eth0 lo refused");
            PodContainer terminal = pod.start(sleeping().andThen(c -> c.setTty(true)));
            assertThat(terminal.sh("test -c /dev/console && echo console")).isEqualTo("console\n");
            PodContainer app = pod.start(c -> c.addAllCommand(List.of("sh", "-c", "echo mine > /dev/stdout; id -u")).getLinuxBuilder()
                    .getSecurityContextBuilder().setRunAsUser(Int64Value.newBuilder().setValue(1000)));
            assertThat(app.output()).isEqualTo("mine\n1000\n");
        }
    }

    @Test
    void mapsTheOwnersOfVolumesOnRequest(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/owners");
        Files.writeString(source.resolve("in"), "x");
        try (Pod pod = Pod.run(node, own())) {
            PodContainer mapped = pod.start(sleeping().andThen(mount(source, m -> m.addUidMappings(MAPPING).addGidMappings(MAPPING))));
            assertThat(mapped.sh("stat -c %u /data/in; echo y > /data/out; chown 5:6 /data/out; stat -c %u:%g /data/out"))
                    .isEqualTo("0\n5:6\n");
            assertThat((Integer) Files.getAttribute(source.resolve("out"), "unix:uid")).isEqualTo(5);
            PodContainer plain = pod.start(sleeping().andThen(mount(source, m -> m)));
            assertThat(plain.sh("stat -c %u /data/in; echo z > /data/in || echo refused")).isEqualTo("65534\nrefused\n");
        }
    }

    @Test
    void ownsThePlacesThatAreMadeBehindLinks(Node node) throws Exception {
        Path source = node.scratch().directory("mounts/behind");
        node.registry().push("userns-links", "1",
                TestImages.busybox().plus(Layer.gzip(new TarLayer().symlink("linked", "/absent/two/levels"))));
        try (Pulled image = Pulled.pull(node, node.registry().reference("userns-links:1")); Pod pod = Pod.run(node, own())) {
            PodContainer container = pod.start(sleeping().andThen(c -> c.setImage(ImageSpec.newBuilder().setImage(image.name()))
                    .addMounts(Mount.newBuilder().setHostPath(source.toString()).setContainerPath("/linked/x"))));
            assertThat(container.sh("stat -c %a:%u:%g /absent /absent/two/levels")).isEqualTo("755:0:0\n755:0:0\n");
        }
    }

    @Test
    void hasItsSharedProcessesInitAmongIt(Node node) throws Exception {
        try (Pod pod = Pod.run(node, own(options -> options.setPid(NamespaceMode.POD)))) {
            PodContainer first = pod.start("sleep", "1234");
            PodContainer second = pod.start(sleeping());
            assertThat(second.sh("readlink /proc/self/ns/pid")).isEqualTo(first.sh("readlink /proc/self/ns/pid"));
            assertThat(second.sh("ps -o args; stat -c %u /proc/1; kill -0 1 && echo ours")).contains("sleep 1234", "0\nours\n");
        }
    }

    @Test
    void livesWithTheHostsNetwork(Node node) throws Exception {
        assertThat(node.cri().runtime().status(StatusRequest.getDefaultInstance()).getFeatures().getUserNamespacesHostNetwork()).isTrue();
        try (Pod pod = Pod.run(node, own(options -> options.setNetwork(NamespaceMode.NODE)).andThen(config -> config.clearHostname()))) {
            PodContainer container = pod.start(sleeping());
            assertThat(container.sh("readlink /proc/self/ns/net").strip())
                    .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
            assertThat(container.sh("ls /sys/class/net | grep lo; mkdir /sys/x || echo refused; ip link set lo down || echo refused; "
                    + "cat /proc/self/uid_map | awk '{print $2}'")).isEqualTo("lo\nrefused\nrefused\n131072\n");
        }
    }

    @Test
    void keepsItsRootFromTheHost(Node node) throws Exception {
        Path secret = node.scratch().write("mounts/private/secret", "of the host\n");
        Files.setPosixFilePermissions(secret, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Consumer<ContainerConfig.Builder> all = ProcessTest
                .user(AppArmorProfiles.UNCONFINED.andThen(s -> s.getCapabilitiesBuilder().addAddCapabilities("ALL")));
        try (Pod pod = Pod.run(node, own())) {
            PodContainer container = pod
                    .start(sleeping().andThen(mount(secret.getParent() == null ? secret : secret.getParent(), m -> m)).andThen(all));
            assertThat(container.sh("cat /data/secret || echo unreadable; echo 1 > /proc/sys/vm/overcommit_memory || echo unwritable; "
                    + "dmesg -c > /log 2>&1 || echo unread; mount -t tmpfs tmpfs /mnt 2>&1 || mkdir /mnt && mount -t tmpfs tmpfs /mnt && echo own"))
                    .contains("unreadable", "unwritable", "own");
        }
    }

    static Stream<Arguments> bad() {
        return Stream.of(Arguments.of("exactly one", user(MAPPING, mapping(300000, 70000, 10))), Arguments.of("exactly one", user()),
                Arguments.of("container_id 0", user(mapping(HOST, 1, 65536))), Arguments.of("none", user(mapping(HOST, 0, 0))),
                Arguments.of("node's root", user(mapping(0, 0, 65536))), Arguments.of("32 bits", user(mapping(-10, 0, 100))),
                Arguments.of("differ in length", user(MAPPING).toBuilder().clearGids().addGids(mapping(HOST, 0, 10)).build()),
                Arguments.of("mode", user(MAPPING).toBuilder().setMode(NamespaceMode.CONTAINER).build()),
                Arguments.of("mode", user(MAPPING).toBuilder().setMode(NamespaceMode.TARGET).build()),
                Arguments.of("NODE has no mappings", user(MAPPING).toBuilder().setMode(NamespaceMode.NODE).build()));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void isRefused(String word, UserNamespace user, Node node) {
        Failure failure = Failure.of(node, Code.INVALID_ARGUMENT, () -> Pod.run(node, own(options -> options.setUsernsOptions(user))));
        assertThat(failure.message()).contains("userns_options", word);
    }

    @Test
    void isRefusedWithTheHostsProcessesOrIpc(Node node) {
        for (UnaryOperator<NamespaceOption.Builder> host : List.<UnaryOperator<NamespaceOption.Builder>>of(
                options -> options.setPid(NamespaceMode.NODE), options -> options.setIpc(NamespaceMode.NODE))) {
            Failure.of(node, Code.INVALID_ARGUMENT, () -> Pod.run(node, own(host)));
        }
    }

    @Test
    void ofAContainerIsThatOfItsSandbox(Node node) throws Exception {
        try (Pod pod = Pod.run(node, own()); Pod plain = Pod.run(node)) {
            UserNamespace other = user(mapping(HOST + 65536, 0, 65536));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(sleeping().andThen(user(c -> c.setUsernsOptions(other)))));
            Failure.of(node, Code.INVALID_ARGUMENT,
                    () -> pod.create(sleeping().andThen(user(NamespaceOption.Builder::clearUsernsOptions))));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> plain.create(sleeping().andThen(user(c -> c.setUsernsOptions(OWN)))));
            Consumer<ContainerConfig.Builder> mapped = mount(node.scratch().directory("mounts/owners"),
                    m -> m.addUidMappings(MAPPING).addGidMappings(MAPPING));
            Failure.of(node, Code.INVALID_ARGUMENT, () -> plain.create(sleeping().andThen(mapped)));
            Failure tooHigh = Failure.of(node, Code.INVALID_ARGUMENT, () -> pod.create(sleeping().andThen(
                    c -> c.getLinuxBuilder().getSecurityContextBuilder().setRunAsUser(Int64Value.newBuilder().setValue(70000)))));
            assertThat(tooHigh.message()).contains("70000", "65536");
        }
    }

    private static String pid(PodContainer container) throws Exception {
        String inode = container.sh("readlink /proc/self/ns/pid").strip();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(path -> namespace(path).equals(inode)).findFirst().orElseThrow().getFileName().toString();
        }
    }

    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/pid")).toString();
        } catch (java.io.IOException gone) {
            return "";
        }
    }

    private static IDMapping mapping(int host, int container, int length) {
        return IDMapping.newBuilder().setHostId(host).setContainerId(container).setLength(length).build();
    }

    private static UserNamespace user(IDMapping... mappings) {
        return UserNamespace.newBuilder().setMode(NamespaceMode.POD).addAllUids(List.of(mappings)).addAllGids(List.of(mappings)).build();
    }

    private static Consumer<ContainerConfig.Builder> user(Consumer<NamespaceOption.Builder> change) {
        return c -> change.accept(c.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder());
    }

    private static Consumer<io.windlass.cri.v1.PodSandboxConfig.Builder> own() {
        return own(options -> options);
    }

    private static Consumer<io.windlass.cri.v1.PodSandboxConfig.Builder> own(UnaryOperator<NamespaceOption.Builder> change) {
        return NamespaceTest.namespaces(
                change.apply(NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER).setUsernsOptions(OWN)).build());
    }

    private static Consumer<ContainerConfig.Builder> sleeping() {
        return c -> c.addCommand("sleep").addCommand("1000");
    }

    private static Consumer<ContainerConfig.Builder> mount(Path source, UnaryOperator<Mount.Builder> change) {
        return c -> c.addMounts(change.apply(Mount.newBuilder().setHostPath(source.toString()).setContainerPath("/data")));
    }
}

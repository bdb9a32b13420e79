package io.windlass.conformance;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.Capability;
import io.windlass.cri.v1.Device;
import io.windlass.cri.v1.PodSandboxConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class SecurityTest {
    private static final long DEFAULT_CAPABILITIES = 0xa80425fbL;
    private static final int NET_ADMIN = 12;
    private static final int CHOWN = 0;

    @Test
    void hasTheFourteenDefaultCapabilitiesAndNoneToInherit(Node node) throws Exception {
        String status = ProcessTest.output(node, c -> {
        }, "grep Cap /proc/self/status");
        assertThat(capabilities(status, "CapEff")).isEqualTo(DEFAULT_CAPABILITIES);
        assertThat(capabilities(status, "CapBnd")).isEqualTo(DEFAULT_CAPABILITIES);
        assertThat(capabilities(status, "CapInh")).isZero();
        assertThat(capabilities(status, "CapAmb")).isZero();
    }

    /** CVE-2022-24769 and 2022-29162: what a command of the container inherits, a program with such a bit on its file would have again. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1000})
    void aCommandHasNoCapabilityToInheritEither(long uid, Node node) throws Exception {
        Capability more = Capability.newBuilder().addAddCapabilities("NET_ADMIN").build();
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(ProcessTest.user(s -> s.setCapabilities(more).getRunAsUserBuilder().setValue(uid))
                    .andThen(c -> c.addCommand("sleep").addCommand("1000")));
            String status = container.sh("grep Cap /proc/self/status");
            assertThat(capabilities(status, "CapBnd")).isEqualTo(DEFAULT_CAPABILITIES | 1L << NET_ADMIN);
            assertThat(capabilities(status, "CapInh")).isZero();
            assertThat(capabilities(status, "CapAmb")).isZero();
        }
    }

    @Test
    void addsAndDropsCapabilities(Node node) throws Exception {
        Capability change = Capability.newBuilder().addAddCapabilities("NET_ADMIN").addDropCapabilities("CHOWN").build();
        String status = ProcessTest.output(node, ProcessTest.user(s -> s.setCapabilities(change)), "grep Cap /proc/self/status");
        assertThat(capabilities(status, "CapEff")).isEqualTo((DEFAULT_CAPABILITIES | 1L << NET_ADMIN) & ~(1L << CHOWN));
        Capability none = Capability.newBuilder().addDropCapabilities("ALL").build();
        assertThat(capabilities(ProcessTest.output(node, ProcessTest.user(s -> s.setCapabilities(none)), "grep Cap /proc/self/status"),
                "CapEff")).isZero();
    }

    @Test
    void knowsCapabilities(Node node) throws Exception {
        assertGives("NET_ADMIN", node);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAP_NET_ADMIN", "cap_net_admin", "net_admin"})
    @DiffersOn(value = "containerd", why = "1.6 knows capabilities without CAP_ and in capitals only")
    void knowsCapabilitiesByOtherNames(String name, Node node) throws Exception {
        assertGives(name, node);
    }

    private static void assertGives(String name, Node node) throws Exception {
        Capability only = Capability.newBuilder().addDropCapabilities("ALL").addAddCapabilities(name).build();
        assertThat(capabilities(ProcessTest.output(node, ProcessTest.user(s -> s.setCapabilities(only)), "grep Cap /proc/self/status"),
                "CapEff")).isEqualTo(1L << NET_ADMIN);
    }

    @Test
    void addsAllCapabilitiesButThoseDropped(Node node) throws Exception {
        long own = capabilities(Files.readString(Path.of("/proc/self/status")), "CapBnd");
        Capability all = Capability.newBuilder().addAddCapabilities("ALL").addDropCapabilities("CHOWN").build();
        assertThat(capabilities(ProcessTest.output(node, ProcessTest.user(s -> s.setCapabilities(all)), "grep Cap /proc/self/status"),
                "CapEff")).isEqualTo(own & ~(1L << CHOWN));
    }

    @Test
    void hasNoCapabilityAsAnotherUser(Node node) throws Exception {
        String status = ProcessTest.output(node, ProcessTest.user(s -> s.getRunAsUserBuilder().setValue(1000)),
                "grep Cap /proc/self/status");
        assertThat(capabilities(status, "CapEff")).isZero();
        assertThat(capabilities(status, "CapBnd")).isEqualTo(DEFAULT_CAPABILITIES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void setsNoNewPrivileges(boolean wanted, Node node) throws Exception {
        assertThat(ProcessTest.output(node, ProcessTest.user(s -> s.setNoNewPrivs(wanted)), "grep NoNewPrivs /proc/self/status").strip())
                .endsWith(wanted ? "1" : "0");
    }

    @Test
    void masksAndProtectsThePathsOfTheRequest(Node node) throws Exception {
        assertThat(ProcessTest.output(node,
                ProcessTest.user(s -> s.addMaskedPaths("/etc/group").addMaskedPaths("/www").addReadonlyPaths("/proc/sys")),
                "cat /etc/group | wc -c; ls /www; echo x 2>/dev/null > /proc/sys/kernel/domainname || echo refused"))
                .isEqualTo("0\nrefused\n");
    }

    @Test
    void masksAProgramToo(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod
                    .start(ProcessTest.user(s -> s.addMaskedPaths("/bin/ls")).andThen(c -> c.addCommand("sleep").addCommand("1000")));
            var response = container.exec("sh", "-c", "/bin/ls");
            assertThat(response.getStderr().toStringUtf8()).isEqualTo("sh: /bin/ls: Permission denied\n");
            assertThat(response.getExitCode()).isEqualTo(126);
        }
    }

    @Test
    void hidesNothingWhenItsProcIsUnmasked(Node node) throws Exception {
        assertThat(ProcessTest.output(node,
                ProcessTest.user(AppArmorProfiles.UNCONFINED.andThen(s -> s.clearMaskedPaths().clearReadonlyPaths())),
                "grep -q . /proc/interrupts && echo interrupts; touch /proc/sys/kernel/domainname && echo writable"))
                .isEqualTo("interrupts\nwritable\n");
    }

    @Test
    void writesNothingWithAReadOnlyRoot(Node node) throws Exception {
        assertThat(ProcessTest.output(node, ProcessTest.user(s -> s.setReadonlyRootfs(true)),
                "touch /x 2>/dev/null || echo refused; touch /dev/shm/x && echo shm")).isEqualTo("refused\nshm\n");
    }

    @Test
    void mayDoWhatTheHostMayWhenPrivileged(Node node) throws Exception {
        Consumer<PodSandboxConfig.Builder> privileged = config -> config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
        try (Pod pod = Pod.run(node, privileged)) {
            PodContainer container = pod.start(ProcessTest.user(s -> s.setPrivileged(true)).andThen(c -> c.addAllCommand(
                    List.of("sh", "-c",
                            "grep CapEff /proc/self/status; mount -t tmpfs t /tmp && echo mounted; test -c /dev/kmsg && echo devices"))));
            String output = container.output();
            assertThat(output).contains("mounted", "devices");
            assertThat(capabilities(output, "CapEff") & ~DEFAULT_CAPABILITIES).isNotZero();
        }
    }

    @Test
    void hasTheDevicesOfEveryContainer(Node node) throws Exception {
        assertThat(ProcessTest.output(node, c -> {
        }, "for d in null zero full random urandom tty ptmx; do test -c /dev/$d && echo $d; done; readlink /dev/fd; readlink /dev/stdin; echo hi > /dev/null"))
                .isEqualTo("null\nzero\nfull\nrandom\nurandom\ntty\nptmx\n/proc/self/fd\n/proc/self/fd/0\n");
    }

    @Test
    void hasTheDevicesOfTheRequestAndNoOther(Node node) throws Exception {
        Device device = Device.newBuilder().setHostPath("/dev/null").setContainerPath("/dev/mine").setPermissions("rw").build();
        assertThat(ProcessTest.output(node, c -> c.addDevices(device),
                "echo x > /dev/mine && echo written; mknod /dev/kmsg2 c 1 11 && head -c 1 /dev/kmsg2 2>/dev/null || echo refused"))
                .isEqualTo("written\nrefused\n");
    }

    @Test
    void setsTheSysctlsOfThePod(Node node) throws Exception {
        try (Pod pod = Pod.run(node, config -> config.getLinuxBuilder().putSysctls("net.ipv4.ip_unprivileged_port_start", "81"))) {
            assertThat(pod.script("cat /proc/sys/net/ipv4/ip_unprivileged_port_start").output()).isEqualTo("81\n");
        }
    }

    @Test
    void setsSysctlsThatAKubeletCallsUnsafe(Node node) throws Exception {
        try (Pod pod = Pod.run(node, config -> config.getLinuxBuilder().putSysctls("kernel.msgmax", "8193")
                .putSysctls("net.core.somaxconn", "77").putSysctls("fs.mqueue.msg_max", "11"))) {
            assertThat(pod.script("cat /proc/sys/kernel/msgmax /proc/sys/net/core/somaxconn /proc/sys/fs/mqueue/msg_max").output())
                    .isEqualTo("8193\n77\n11\n");
        }
    }

    private static long capabilities(String status, String kind) {
        return status.lines().filter(line -> line.startsWith(kind)).map(line -> Long.parseUnsignedLong(line.split("\\s+")[1], 16))
                .findFirst().orElseThrow();
    }
}

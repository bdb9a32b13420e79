package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.DNSConfig;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class NamespaceTest {
    @ParameterizedTest
    @ValueSource(strings = {"net", "ipc", "uts", "pid", "mnt"})
    void isTheContainersOwnOrThePods(String kind, Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            String first = pod.script("sleep 1000").sh("readlink /proc/self/ns/" + kind);
            String second = pod.script("sleep 1000").sh("readlink /proc/self/ns/" + kind);
            assertThat(first.strip()).isNotEqualTo(host(kind));
            if (kind.equals("pid") || kind.equals("mnt")) {
                assertThat(second).isNotEqualTo(first);
            } else {
                assertThat(second).isEqualTo(first);
            }
        }
    }

    @Test
    void ofTheHostIsJoinedWhenAskedFor(Node node) throws Exception {
        NamespaceOption hosts = NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE).setPid(NamespaceMode.NODE)
                .setIpc(NamespaceMode.NODE).build();
        try (Pod pod = Pod.run(node, namespaces(hosts).andThen(config -> config.clearHostname()))) {
            PodContainer container = pod.script("sleep 1000");
            for (String kind : new String[]{"net", "pid", "ipc"}) {
                assertThat(container.sh("readlink /proc/self/ns/" + kind).strip()).as(kind).isEqualTo(host(kind));
            }
            assertThat(pod.ip()).isEmpty();
            assertThat(pod.status().getLinux().getNamespaces().getOptions()).isEqualTo(hosts);
        }
    }

    @Test
    void ofProcessesIsSharedByDefault(Node node) throws Exception {
        try (Pod pod = Pod.run(node, namespaces(NamespaceOption.getDefaultInstance()))) {
            PodContainer first = pod.start("sleep", "1234");
            PodContainer second = pod.start("sleep", "5678");
            assertThat(second.sh("readlink /proc/self/ns/pid")).isEqualTo(first.sh("readlink /proc/self/ns/pid"));
            assertThat(second.sh("ps -o args")).contains("sleep 1234", "sleep 5678");
            assertThat(first.sh("cat /proc/1/comm").strip()).isNotEqualTo("sleep");
        }
    }

    @Test
    void ofProcessesThatIsSharedHasAnInitThatReaps(Node node) throws Exception {
        try (Pod pod = Pod.run(node, namespaces(NamespaceOption.getDefaultInstance()))) {
            PodContainer container = pod.script("(sleep 0.05 & ) ; (sleep 0.05 & ) ; sleep 1000");
            Wait.untilTrue("no orphan", Duration.ofSeconds(5), () -> !container.sh("ps -o stat,args").contains("0.05")
                    && !container.sh("ps -o stat").contains("Z"));
        }
    }

    /** What it uses is the pod's; and where memory runs out the containers go first, if the runtime may say so. */
    @Test
    void ofProcessesThatIsSharedHasItsInitInThePodsCgroup(Node node) throws Exception {
        try (Pod pod = Pod.run(node, namespaces(NamespaceOption.getDefaultInstance()))) {
            pod.start("sleep", "1234");
            Path init = Path.of("/proc", InspectTest.pod(node, pod).path("pid").asString());
            assertThat(init.resolve("cgroup")).content().contains(pod.config().getLinux().getCgroupParent() + "/" + pod.id());
            assertThat(Files.readString(init.resolve("oom_score_adj")).strip()).isIn("-998",
                    Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
        }
    }

    /** Whoever may signal it can end it: a container with the usual capabilities, or the kernel where memory runs out. */
    @Test
    @DiffersOn(value = "containerd", why = "a sandbox whose pause has ended is not ready")
    void ofProcessesThatIsSharedIsMadeAnewWhereItsInitHasEnded(Node node) throws Exception {
        try (Pod pod = Pod.run(node, namespaces(NamespaceOption.getDefaultInstance()))) {
            PodContainer first = pod.script("kill 1; sleep 1000");
            assertThat(first.awaitExit().getExitCode()).isEqualTo(137);
            PodContainer second = pod.start("sleep", "5678");
            PodContainer third = pod.start("sleep", "1234");
            assertThat(second.sh("readlink /proc/self/ns/pid")).isEqualTo(third.sh("readlink /proc/self/ns/pid"))
                    .isNotEqualTo(host("pid") + "\n");
            assertThat(second.sh("ps -o args")).contains("sleep 1234", "sleep 5678");
        }
    }

    @Test
    void ofProcessesCanBeThatOfAnotherContainer(Node node) throws Exception {
        try (Pod pod = Pod.run(node); Pod other = Pod.run(node)) {
            PodContainer target = pod.start("sleep", "1234");
            PodContainer guest = pod.start(ProcessTest.user(s -> s.getNamespaceOptionsBuilder().setPid(NamespaceMode.TARGET)
                    .setTargetId(target.id())).andThen(c -> c.addCommand("sleep").addCommand("5678")));
            assertThat(guest.sh("readlink /proc/self/ns/pid")).isEqualTo(target.sh("readlink /proc/self/ns/pid"));
            assertThat(guest.sh("ps -o args")).contains("sleep 1234", "sleep 5678");
            Failure.of(node, Code.INVALID_ARGUMENT, () -> other.create(ProcessTest.user(s -> s.getNamespaceOptionsBuilder()
                    .setPid(NamespaceMode.TARGET).setTargetId(target.id()))));
            PodContainer late = pod.create(ProcessTest.user(s -> s.getNamespaceOptionsBuilder().setPid(NamespaceMode.TARGET)
                    .setTargetId(target.id())).andThen(c -> c.addCommand("sleep").addCommand("5678")));
            target.stop(Duration.ZERO);
            Failure.of(node, Code.FAILED_PRECONDITION, late::start);
            Failure.of(node, Code.FAILED_PRECONDITION, () -> pod.create(ProcessTest.user(s -> s.getNamespaceOptionsBuilder()
                    .setPid(NamespaceMode.TARGET).setTargetId(target.id()))));
        }
    }

    @Test
    void ofAContainerHasItAsFirstProcess(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.start("sleep", "1000").sh("cat /proc/1/cmdline | tr '\\0' ' '").strip()).isEqualTo("sleep 1000");
        }
    }

    @Test
    void hasTheHostnameOfTheRequest(Node node) throws Exception {
        try (Pod pod = Pod.run(node, config -> config.setHostname("harbour"))) {
            assertThat(pod.script("hostname; cat /etc/hostname; echo $HOSTNAME").output().lines()).containsOnly("harbour");
        }
    }

    @Test
    void takesParametersOfTheInterfaceThatTheNetworkMakes(Node node) throws Exception {
        try (Pod pod = Pod.run(node, config -> config.getLinuxBuilder().putSysctls("net.ipv4.conf.eth0.log_martians", "1")
                .putSysctls("net.ipv4.neigh.eth0.gc_stale_time", "77"))) {
            assertThat(pod.script("cd /proc/sys/net/ipv4; cat conf/eth0/log_martians neigh/eth0/gc_stale_time").output())
                    .isEqualTo("1\n77\n");
        }
    }

    @Test
    void hasTheResolversOfTheRequest(Node node) throws Exception {
        DNSConfig dns = DNSConfig.newBuilder().addServers("10.96.0.10").addServers("10.96.0.11").addSearches("svc.local")
                .addSearches("local")
                .addOptions("ndots:5").build();
        try (Pod pod = Pod.run(node, config -> config.setDnsConfig(dns))) {
            assertThat(pod.script("cat /etc/resolv.conf").output().lines().map(line -> line.strip().replaceAll("\\s+", " "))).contains(
                    "search svc.local local", "nameserver 10.96.0.10", "nameserver 10.96.0.11", "options ndots:5");
        }
    }

    @Test
    void hasTheHostsResolversWithoutARequest(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.script("cat /etc/resolv.conf").output()).isEqualTo(Files.readString(Path.of("/etc/resolv.conf")));
        }
    }

    @Test
    void sharesItsMemoryFilesystemWithinThePodOnly(Node node) throws Exception {
        try (Pod pod = Pod.run(node); Pod other = Pod.run(node)) {
            PodContainer first = pod.script("sleep 1000");
            PodContainer second = pod.script("sleep 1000");
            first.sh("echo hi > /dev/shm/mark");
            assertThat(second.sh("cat /dev/shm/mark")).isEqualTo("hi\n");
            assertThat(other.script("sleep 1000").sh("ls /dev/shm")).isEmpty();
            assertThat(first.sh("df -k /dev/shm | tail -1 | awk '{print $2}'").strip()).isEqualTo("65536");
        }
    }

    static Consumer<PodSandboxConfig.Builder> namespaces(NamespaceOption options) {
        return config -> config.getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(options);
    }

    private static String host(String kind) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind)).toString();
    }
}

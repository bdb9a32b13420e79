package io.windlass.cri.sandbox;

import io.grpc.Status.Code;
import io.windlass.cni.Bandwidth;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.DNSConfig;
import io.windlass.cri.v1.LinuxPodSandboxConfig;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.PortMapping;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.UserNamespace;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SandboxValidationTest {
    @Test
    void takesAnOrdinaryRequest() {
        assertThatCode(() -> check(config -> config.setHostname("web").setLogDirectory("/var/log/pods/x")
                .setDnsConfig(DNSConfig.newBuilder().addServers("10.96.0.10").addOptions("ndots:5"))
                .setLinux(sysctl("net.core.somaxconn", "128").putSysctls("net.ipv4.conf.eth0/100.rp_filter", "1")
                        .putSysctls("net/ipv4/conf/eth0.100/rp_filter", "1").setCgroupParent("/kubepods/burstable/pod1"))))
                .doesNotThrowAnyException();
    }

    static Stream<Arguments> bad() {
        return Stream.of(bad("config.metadata is missing", PodSandboxConfig.Builder::clearMetadata),
                bad("config.metadata.name is empty", config -> config.getMetadataBuilder().clearName()),
                bad("config.metadata.uid holds", config -> config.getMetadataBuilder().setUid("a\nb")),
                bad("config.hostname", config -> config.setHostname("a\nb")),
                bad("config.hostname", config -> config.setHostname("x".repeat(65))),
                bad("config.log_directory", config -> config.setLogDirectory("logs")),
                bad("config.log_directory", config -> config.setLogDirectory("/var/log/../../etc")),
                bad("config.linux.cgroup_parent", config -> config.setLinux(LinuxPodSandboxConfig.newBuilder().setCgroupParent("/a/.."))),
                bad("config.dns_config", config -> config.setDnsConfig(DNSConfig.newBuilder().addSearches("a\nnameserver 6.6.6.6"))),
                bad("config.port_mappings", config -> config.addPortMappings(PortMapping.newBuilder().setContainerPort(0))),
                bad("config.port_mappings", config -> config.addPortMappings(PortMapping.newBuilder().setContainerPort(65536))),
                bad("config.port_mappings",
                        config -> config.addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(65536))),
                bad("config.port_mappings",
                        config -> config.addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(-1))),
                bad("config.port_mappings",
                        config -> config
                                .addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(80).setHostIp("localhost"))),
                bad("ingress-bandwidth", config -> config.putAnnotations("kubernetes.io/ingress-bandwidth", "much")),
                bad("egress-bandwidth", config -> config.putAnnotations("kubernetes.io/egress-bandwidth", "999")),
                bad("namespace_options.network", config -> config.setLinux(network(NamespaceMode.CONTAINER))),
                bad("userns_options", config -> config.setLinux(options(
                        NamespaceOption.newBuilder().setUsernsOptions(UserNamespace.newBuilder().setMode(NamespaceMode.POD))))),
                bad("would change the whole node", config -> config.setLinux(sysctl("kernel.core_pattern", "|/x"))),
                bad("would change the whole node", config -> config.setLinux(sysctl("vm.swappiness", "1"))),
                bad("is not valid", config -> config.setLinux(sysctl("net.ipv4.ip_forward+kernel.core_pattern", "1"))),
                bad("is not valid", config -> config.setLinux(sysctl("kernel.shm_rmid_forced", "1+kernel.core_pattern=x"))),
                bad("is not valid", config -> config.setLinux(sysctl("net/../../kernel/core_pattern", "1"))),
                bad("is not valid", config -> config.setLinux(sysctl("net...x", "1"))),
                bad("is not valid", config -> config.setLinux(sysctl("net.//.kernel.core_pattern", "1"))),
                bad("is not valid", config -> config.setLinux(sysctl("net/./x", "1"))),
                bad("is not valid", config -> config.setLinux(sysctl("net.a\0b", "1"))),
                bad("would change the whole node", config -> config.setLinux(sysctl("kernel/core_pattern", "|/x"))),
                bad("would change the whole node", config -> config.setLinux(sysctl("net-x/y.z", "1"))),
                bad("would change the whole node", config -> config.setLinux(sysctl("kernel.sem/x", "1"))),
                bad("whose namespace the pod shares",
                        config -> config.setLinux(network(NamespaceMode.NODE).putSysctls("net/ipv4/ip_forward", "1"))),
                bad("supplemental_groups_policy", config -> config.getLinuxBuilder().getSecurityContextBuilder()
                        .setSupplementalGroupsPolicyValue(9)),
                bad("profile_type", config -> config.getLinuxBuilder().getSecurityContextBuilder().getSeccompBuilder()
                        .setProfileTypeValue(9)),
                bad("namespace_options.network", config -> config.setLinux(options(NamespaceOption.newBuilder().setNetworkValue(9)))),
                bad("namespace_options.ipc", config -> config.setLinux(options(NamespaceOption.newBuilder().setIpcValue(9)))),
                bad("namespace_options.pid", config -> config.setLinux(options(NamespaceOption.newBuilder().setPidValue(9)))),
                bad("whose namespace the pod shares",
                        config -> config.setLinux(network(NamespaceMode.NODE).putSysctls("net.ipv4.ip_forward", "1"))));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesWhatCanNeverWork(String message, Consumer<PodSandboxConfig.Builder> change) {
        assertThatThrownBy(() -> check(change)).hasMessageContaining(message)
                .isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
    }

    @Test
    void refusesNoConfigAndAnUnknownHandler() {
        assertThatThrownBy(() -> SandboxValidation.check(RunPodSandboxRequest.getDefaultInstance(), Set.of()))
                .hasMessage("config is missing");
        assertThatThrownBy(() -> SandboxValidation.check(request().setRuntimeHandler("kata").build(), Set.of()))
                .hasMessageContaining("runtime_handler \"kata\" is not configured");
        assertThatCode(() -> SandboxValidation.check(request().setRuntimeHandler("kata").build(), Set.of("runc", "kata")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10.0.0.10 10.0.0.11 | a.b c.d | ndots:5 | search a.b c.d;nameserver 10.0.0.10;nameserver 10.0.0.11;options ndots:5;
            ''                  | ''      | ''      | ''
            """)
    void writesResolvConf(String servers, String searches, String options, String text) {
        var dns = DNSConfig.newBuilder();
        words(servers).forEach(dns::addServers);
        words(searches).forEach(dns::addSearches);
        words(options).forEach(dns::addOptions);
        assertThat(SandboxFiles.resolvConf(dns.build())).isEqualTo(text.replace(';', '\n'));
    }

    @ParameterizedTest
    @CsvSource({"10M, 10000000", "1k, 1000", "1Ki, 1024", "1.5G, 1500000000", "2500, 2500", "1P, 1000000000000000"})
    void readsBandwidth(String quantity, long rate) {
        var limits = PodBandwidth.of(Map.of("kubernetes.io/ingress-bandwidth", quantity));
        assertThat(limits).isEqualTo(new Bandwidth(rate, 0xffff_ffffL, 0, 0));
        assertThat(PodBandwidth.of(Map.of("other", quantity))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"'nameserver 127.0.0.53\noptions edns0', true", "'nameserver ::1', true",
            "'nameserver 127.0.0.1\nnameserver 10.0.0.1', false",
            "'search x', false"})
    void knowsAResolverThatPodsDoNotReach(String resolvConf, boolean loopback) {
        assertThat(SandboxFiles.onlyLoopback(resolvConf)).isEqualTo(loopback);
    }

    private static Stream<String> words(String text) {
        return text.isEmpty() ? Stream.of() : Stream.of(text.split(" "));
    }

    private static void check(Consumer<PodSandboxConfig.Builder> change) {
        var request = request();
        change.accept(request.getConfigBuilder());
        SandboxValidation.check(request.build(), Set.of());
    }

    private static RunPodSandboxRequest.Builder request() {
        return RunPodSandboxRequest.newBuilder().setConfig(PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder().setName("web").setNamespace("default").setUid("u")));
    }

    private static Arguments bad(String message, Consumer<PodSandboxConfig.Builder> change) {
        return Arguments.of(message, change);
    }

    private static LinuxPodSandboxConfig.Builder sysctl(String name, String value) {
        return LinuxPodSandboxConfig.newBuilder().putSysctls(name, value);
    }

    private static LinuxPodSandboxConfig.Builder network(NamespaceMode mode) {
        return options(NamespaceOption.newBuilder().setNetwork(mode));
    }

    private static LinuxPodSandboxConfig.Builder options(NamespaceOption.Builder options) {
        return LinuxPodSandboxConfig.newBuilder()
                .setSecurityContext(LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(options));
    }
}

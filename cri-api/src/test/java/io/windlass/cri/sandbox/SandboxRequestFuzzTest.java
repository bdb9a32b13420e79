package io.windlass.cri.sandbox;

import com.google.protobuf.InvalidProtocolBufferException;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.DNSConfig;
import io.windlass.cri.v1.LinuxPodSandboxConfig;
import io.windlass.cri.v1.LinuxSandboxSecurityContext;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.PodSandboxMetadata;
import io.windlass.cri.v1.PortMapping;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.shim.fuzz.Fuzz;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Requests for a sandbox that no kubelet would send: taken or refused by name. */
class SandboxRequestFuzzTest {

    @Test
    void areTakenOrRefused() throws Exception {
        var seed = RunPodSandboxRequest.newBuilder().setConfig(PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder().setName("web").setUid("uid-1").setNamespace("shop").setAttempt(1))
                .setHostname("web-0").setLogDirectory("/var/log/pods/web")
                .setDnsConfig(DNSConfig.newBuilder().addServers("10.0.0.10").addSearches("cluster.local").addOptions("ndots:5"))
                .addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(8080).setHostIp("127.0.0.1"))
                .putAnnotations("kubernetes.io/ingress-bandwidth", "10M").putLabels("a", "b")
                .setLinux(LinuxPodSandboxConfig.newBuilder().setCgroupParent("/kubepods/pod1")
                        .putSysctls("net.ipv4.ip_local_port_range", "1024 2048")
                        .setSecurityContext(LinuxSandboxSecurityContext.newBuilder())))
                .build().toByteArray();
        Fuzz.run("sandbox-request", List.of(seed), input -> {
            try {
                SandboxValidation.check(RunPodSandboxRequest.parseFrom(input), Set.of());
                return "taken";
            } catch (InvalidProtocolBufferException | CriException e) {
                return e.getMessage();
            }
        });
    }
}

package io.windlass.cri.sandbox;

import com.google.protobuf.InvalidProtocolBufferException;
import io.windlass.cri.error.CriException;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PodSandboxConfig;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.SecurityProfile.ProfileType;
import io.windlass.shim.fuzz.Fuzz;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests for a sandbox that no kubelet would send, and records that no daemon would write: taken or refused. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class SandboxRequestFuzzTest {

    private static byte[] full() {
        var config = PodSandboxConfig.newBuilder().setHostname("web-0").setLogDirectory("/var/log/pods/web")
                .putAnnotations("kubernetes.io/ingress-bandwidth", "10M").putLabels("a", "b");
        config.getMetadataBuilder().setName("web").setUid("uid-1").setNamespace("shop").setAttempt(1);
        config.getDnsConfigBuilder().addServers("10.0.0.10").addSearches("cluster.local").addOptions("ndots:5");
        config.addPortMappingsBuilder().setContainerPort(80).setHostPort(8080).setHostIp("127.0.0.1");
        config.getLinuxBuilder().setCgroupParent("/kubepods/pod1").putSysctls("net.ipv4.ip_local_port_range", "1024 2048")
                .putSysctls("net.ipv4.conf.eth0/100.rp_filter", "1").putSysctls("kernel/shm_rmid_forced", "0");
        config.getLinuxBuilder().getResourcesBuilder().setCpuShares(512).setMemoryLimitInBytes(64 << 20);
        config.getLinuxBuilder().getOverheadBuilder().setCpuQuota(1000);
        var context = config.getLinuxBuilder().getSecurityContextBuilder().setReadonlyRootfs(true).addSupplementalGroups(7);
        context.getSeccompBuilder().setProfileType(ProfileType.RuntimeDefault);
        context.getApparmorBuilder().setProfileType(ProfileType.Localhost).setLocalhostRef("web");
        context.getRunAsUserBuilder().setValue(1000);
        var users = context.getNamespaceOptionsBuilder().setPid(NamespaceMode.CONTAINER).getUsernsOptionsBuilder();
        users.addUidsBuilder().setHostId(65536).setLength(65536);
        users.addGidsBuilder().setHostId(65536).setLength(65536);
        return RunPodSandboxRequest.newBuilder().setConfig(config).build().toByteArray();
    }

    /** What is taken is recorded, read again as it was, and tells the network and the kernel what to do. */
    @Test
    void areTakenOrRefused() throws Exception {
        var id = new ObjectId("5a".repeat(32));
        Fuzz.run("sandbox-request", List.of(full()), input -> {
            try {
                var request = RunPodSandboxRequest.parseFrom(input);
                SandboxValidation.check(request, Set.of());
                var record = new SandboxRecord(id, request.getConfig(), request.getRuntimeHandler(), 1, SandboxState.CREATING, List.of(),
                        new PodCgroup("/windlass/" + id, List.of()), false);
                assertThat(SandboxRecord.parse(JsonMapper.shared().readTree(record.toJson()))).isEqualTo(record);
                return "taken: " + Sysctls.of(record).size() + " parameters, " + record.users().isPresent() + " "
                        + PodAttachment.of(record).portMappings().size() + " ports, "
                        + SandboxFiles.resolvConf(record.config().getDnsConfig()).lines().count() + " lines";
            } catch (InvalidProtocolBufferException | CriException | IllegalArgumentException e) {
                return e.getMessage(); // what is no argument is INVALID_ARGUMENT to the client
            }
        });
    }

    @Test
    void records() throws Exception {
        var seeds = new ArrayList<byte[]>();
        for (var version : List.of("v1", "v2")) {
            try (var samples = Files.list(Path.of("src/test/resources/records", version, "sandboxes"))) {
                for (var sample : samples.sorted().toList()) {
                    seeds.add(Files.readAllBytes(sample));
                }
            }
        }
        Fuzz.run("sandbox-record", seeds, input -> {
            try {
                var record = SandboxRecord.parse(JsonMapper.shared().readTree(input));
                return record.state() + " " + record.hostNetwork() + " " + record.cgroup().made().size();
            } catch (Exception e) {
                return e.getClass(); // quarantined, whatever it is: only errors would get past
            }
        });
    }
}

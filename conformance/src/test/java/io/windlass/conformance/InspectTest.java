package io.windlass.conformance;

import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.cri.v1.ContainerStatusRequest;
import io.windlass.cri.v1.PodSandboxStatusRequest;
import io.windlass.cri.v1.StatusRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What stands in the verbose part of a status, where the scripts of those who operate nodes look for it. */
@OnNode
class InspectTest {

    @Test
    void showsTheNetworkNamespaceOfAPod(Node node) throws Exception {
        try (Pod pod = Pod.run(node, config -> config.setHostname("inspected"))) {
            JsonNode info = pod(node, pod);
            String path = namespace(info, "network").path("path").asString();
            assertThat(path).as("where agents of the node look").matches(".*/netns/cni-[-0-9a-f]{36}");
            assertThat(Command.output("nsenter", "--net=" + path, "ip", "-4", "address", "show", "dev", "eth0"))
                    .contains(pod.status().getNetwork().getIp());
            assertThat(info.at("/runtimeSpec/hostname").asString()).isEqualTo("inspected");
            assertThat(info.at("/runtimeSpec/linux/cgroupsPath").asString()).contains(node.cgroup().name());
            assertThat(info.at("/config/metadata/name").asString()).isEqualTo(pod.config().getMetadata().getName());
            pod.stop();
            assertThat(pod(node, pod).path("netNamespaceClosed").asBoolean()).isTrue();
        }
    }

    @Test
    void showsTheProcessOfAContainer(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            JsonNode info = container(node, container);
            assertThat(Files.readString(Path.of("/proc", info.path("pid").asString(), "cmdline")).replace('\0', ' '))
                    .contains("sleep 1000");
            assertThat(info.path("sandboxID").asString()).isEqualTo(pod.id());
            assertThat(info.at("/runtimeSpec/process/args").toString()).contains("sleep 1000");
            assertThat(Files.readString(Path.of("/proc", info.path("pid").asString(), "cgroup")))
                    .contains(info.at("/runtimeSpec/linux/cgroupsPath").asString());
        }
    }

    @Test
    void showsTheConfigurationOfTheRuntime(Node node) {
        Map<String, String> info = node.cri().runtime().status(StatusRequest.newBuilder().setVerbose(true).build()).getInfoMap();
        assertThat(json(info, "config").path("sandboxImage").asString()).as("what kubeadm reads").isNotEmpty();
    }

    static JsonNode pod(Node node, Pod pod) {
        return json(node.cri().runtime()
                .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod.id()).setVerbose(true).build()).getInfoMap(),
                "info");
    }

    static JsonNode container(Node node, PodContainer container) {
        return json(node.cri().runtime()
                .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(container.id()).setVerbose(true).build()).getInfoMap(),
                "info");
    }

    private static JsonNode namespace(JsonNode info, String type) {
        for (JsonNode namespace : info.at("/runtimeSpec/linux/namespaces")) {
            if (namespace.path("type").asString().equals(type)) {
                return namespace;
            }
        }
        throw new AssertionError("no namespace of type " + type + " in " + info);
    }

    private static JsonNode json(Map<String, String> info, String key) {
        return JsonMapper.shared().readTree(info.getOrDefault(key, "no " + key));
    }
}

package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.RuntimeCondition;
import io.windlass.cri.v1.StatusRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/** A plugin that is a script, on a node of the class's own: what the daemon makes of its answers and of changes of its configuration. */
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "another runtime's configuration is not ours to change")
@DisabledIfSystemProperty(named = "cri.oracle", matches = "containerd", disabledReason = "Debian's knows neither STATUS nor GC")
class CniTest extends OwnNode {
    private static final Duration AT_MOST = Duration.ofSeconds(15);

    @Override
    NodeOptions options() {
        return super.options().withNetwork(Network.BUILT_IN);
    }

    @BeforeAll
    void install() throws Exception {
        Path plugin = node.scratch().write("plugins/scripted", """
                #!/bin/sh
                d=%s
                echo "$CNI_COMMAND $CNI_CONTAINERID" >> $d/calls
                [ "$CNI_COMMAND" = GC ] && cat > $d/gc
                [ -e $d/fail-$CNI_COMMAND ] && { echo '{"code": 50, "msg": "out of order"}'; exit 1; }
                [ "$CNI_COMMAND" = ADD ] && echo '{"cniVersion": "1.1.0", "ips": [{"address": "10.9.8.7/24"}]}'
                exit 0
                """.formatted(node.scratch().path()));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @BeforeEach
    void begin() throws Exception {
        for (String left : List.of("calls", "gc", "fail-STATUS", "fail-ADD", "fail-DEL")) {
            Files.deleteIfExists(node.scratch().resolve(left));
        }
        configure("10-scripted.conflist", "{\"type\": \"scripted\"}");
        Files.deleteIfExists(node.networks().resolve("20-again.conflist"));
    }

    private void configure(String file, String plugins) throws IOException {
        node.scratch().write("net.d/" + file,
                "{\"cniVersion\": \"1.1.0\", \"name\": \"scripted\", \"plugins\": [" + plugins + "]}");
    }

    private RuntimeCondition network() {
        return node.cri().runtime().status(StatusRequest.getDefaultInstance()).getStatus().getConditionsList().stream()
                .filter(condition -> condition.getType().equals("NetworkReady")).findFirst().orElseThrow();
    }

    private Path switchOn(String fault) throws IOException {
        return Files.createFile(node.scratch().resolve(fault));
    }

    private String calls() throws IOException {
        return Files.readString(node.scratch().resolve("calls"));
    }

    @Test
    void statusOfThePluginIsTheNodes() throws Exception {
        assertThat(network().getStatus()).isTrue();
        Path fault = switchOn("fail-STATUS");
        assertThat(network().getStatus()).isFalse();
        assertThat(network().getReason()).isEqualTo("NetworkPluginNotReady");
        assertThat(network().getMessage()).contains("plugin \"scripted\" on STATUS", "out of order");
        Files.delete(fault);
        assertThat(network().getStatus()).isTrue();
    }

    @Test
    void badConfigurationLeavesTheOldOneInUse() throws Exception {
        assertThat(network().getStatus()).isTrue();
        configure("10-scripted.conflist", "{\"type\": \"../scripted\"}");
        assertThat(network().getStatus()).isTrue();
        assertThat(network().getMessage()).contains("network \"scripted\" stays in use",
                "10-scripted.conflist: plugin type \"../scripted\"");
        try (Pod pod = Pod.run(node)) {
            assertThat(pod.ip()).isEqualTo("10.9.8.7");
        }
        Files.delete(node.scratch().resolve("net.d/10-scripted.conflist"));
        assertThat(network().getStatus()).isFalse();
        Failure.of(node, Code.UNAVAILABLE, () -> Pod.run(node).close());
        configure("20-again.conflist", "{\"type\": \"scripted\"}");
        assertThat(network().getStatus()).isTrue();
        assertThat(network().getMessage()).isEmpty();
    }

    @Test
    void theSandboxStaysUntilThePluginHasTakenItBack() throws Exception {
        try (Pod pod = Pod.run(node)) {
            Path fault = switchOn("fail-DEL");
            assertThat(Failure.of(pod::stop).message()).contains("plugin \"scripted\" on DEL", "out of order");
            assertThat(Failure.of(pod::remove).message()).contains("out of order");
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            Files.delete(fault);
            Wait.untilTrue("a DEL by the daemon itself", AT_MOST, () -> records() == 0);
            node.cri().runtime().removePodSandbox(
                    io.windlass.cri.v1.RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build());
        }
    }

    @Test
    void failedAddIsUndoneAndTheNextTryWorks() throws Exception {
        Path fault = switchOn("fail-ADD");
        Failure failure = Failure.of(node, Code.UNAVAILABLE, () -> Pod.run(node).close());
        assertThat(failure.message()).contains("plugin \"scripted\" on ADD", "out of order");
        assertThat(calls()).contains("ADD", "DEL");
        assertThat(records()).isZero();
        Files.delete(fault);
        Pod.run(node).close();
    }

    @Test
    void garbageIsCollectedAtStartWithWhatIsValid() throws Exception {
        String lost = "f".repeat(64);
        try (Pod pod = Pod.run(node)) {
            node.killDaemon();
            Path records = node.scratch().resolve("root/cni/attachments");
            Files.writeString(records.resolve(lost + "@eth0.json"),
                    Files.readString(records.resolve(pod.id() + "@eth0.json")).replace(pod.id(), lost)
                            .replace("\"version\":2", "\"version\":1")); // which has no checksum
            node.startDaemon();
            Path gc = node.scratch().resolve("gc");
            Wait.untilTrue("GC", AT_MOST, () -> Files.exists(gc) && Files.readString(gc).endsWith("}"));
            assertThat(Files.readString(gc))
                    .contains("\"cni.dev/valid-attachments\":[{\"containerID\":\"" + pod.id() + "\",\"ifname\":\"eth0\"}]");
            assertThat(records()).isEqualTo(1);
            Wait.untilTrue("DEL of the one, CHECK of the other", AT_MOST,
                    () -> calls().contains("DEL " + lost) && calls().contains("CHECK " + pod.id()));
            assertThat(pod.ip()).isEqualTo("10.9.8.7");
        }
    }

    private int records() throws IOException {
        try (Stream<Path> files = Files.list(node.scratch().resolve("root/cni/attachments"))) {
            return (int) files.count();
        }
    }
}

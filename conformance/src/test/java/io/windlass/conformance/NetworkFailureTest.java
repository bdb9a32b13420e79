package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NetworkConfig;
import io.windlass.cri.v1.RuntimeCondition;
import io.windlass.cri.v1.RuntimeConfig;
import io.windlass.cri.v1.StatusRequest;
import io.windlass.cri.v1.UpdateRuntimeConfigRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** A network list that cannot be used, or a plugin that fails: the pod is refused and the message says why, nothing of it is left, and the next try works once that is mended. */
@ExtendWith(DiffersOnCondition.class)
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the networks of a runtime that somebody else started are not ours to break")
class NetworkFailureTest extends OwnNode {
    private static final String CALLS = "calls";

    /** The last plugin of a list or the one before, and how a pod on that list fails. */
    enum Broken {
        ABSENT("", Code.UNAVAILABLE, "broken"), //
        SAYS_WHY("echo '{\"cniVersion\": \"1.0.0\", \"code\": 120, \"msg\": \"no more tea\"}'; exit 1", Code.INTERNAL, "no more tea"), //
        ASKS_TO_TRY_LATER("echo '{\"cniVersion\": \"1.0.0\", \"code\": 11, \"msg\": \"tea is on\"}'; exit 1", Code.UNAVAILABLE,
                "tea is on"), //
        EXITS_SILENTLY("exit 1", Code.INTERNAL, "broken"), //
        PRINTS_NO_JSON("echo tea; exit 0", Code.INTERNAL, "broken");

        private final String script;
        private final Code code;
        private final String message;

        Broken(String script, Code code, String message) {
            this.script = script;
            this.code = code;
            this.message = message;
        }
    }

    @Override
    NodeOptions options() {
        return super.options().withNetwork(Network.PLUGINS);
    }

    private Path list() {
        return node.networks().resolve("10-pods.conflist");
    }

    @Row(23)
    @DiffersOn(value = "containerd", why = "leaves the link of the refused pod on the bridge where a plugin is absent")
    void saysWhichPluginFailsAndTakesBackWhatTheOthersDid(Fault fault, Broken broken) throws Exception {
        boolean last = fault.random("a broken plugin, " + broken).nextBoolean();
        Path calls = node.scratch().resolve(CALLS);
        Files.writeString(calls, "");
        if (!broken.script.isEmpty()) {
            Path plugin = Files.writeString(node.plugins().resolve("broken"),
                    "#!/bin/sh\ncat > /dev/null; echo $CNI_COMMAND >> " + calls + "; [ $CNI_COMMAND = ADD ] || exit 0; " + broken.script
                            + "\n");
            Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        String good = Files.readString(list());
        KernelState before = node.state();
        try {
            String firewall = "{\"type\": \"firewall\"}";
            String brokenOne = "{\"type\": \"broken\"}";
            Files.writeString(list(), good.replace(firewall, last ? firewall + ", " + brokenOne : brokenOne + ", " + firewall));
            Failure failure = Failure.of(node, broken.code, () -> Pod.run(node).close());
            assertThat(failure.message()).contains("broken", broken.message);
            if (!broken.script.isEmpty()) {
                assertThat(calls).content().startsWith("ADD\n").contains("DEL\n");
            }
        } finally {
            Files.writeString(list(), good);
            Files.deleteIfExists(node.plugins().resolve("broken"));
        }
        Pod.run(node).close();
        assertThat(node.leaksSince(before)).isEmpty();
    }

    @Test
    @DiffersOn(value = "containerd", why = "has no network until the list is mended: \"cni plugin not initialized\"")
    void goesOnWithTheListBeforeAndSaysWhichCannotBeRead() throws Exception {
        String good = Files.readString(list());
        KernelState before = node.state();
        try {
            Files.writeString(list(), "{\"cniVersion\": \"1.0.0\", \"name\": \"pods\", \"plugins\": [");
            Pod.run(node).close();
            RuntimeCondition network = network();
            assertThat(network.getStatus()).isTrue();
            assertThat(network.getMessage()).contains(list().toString());
        } finally {
            Files.writeString(list(), good);
        }
        Pod.run(node).close();
        assertThat(network().getMessage()).doesNotContain(list().toString());
        assertThat(node.leaksSince(before)).isEmpty();
    }

    @Test
    @DiffersOn(value = "containerd", why = "it has no bridge of its own that could stand in")
    void aNewNodeIsNotReadyBeforeItsNetworkIsThere() throws Exception {
        Path file = node.scratch().resolve("windlass.toml");
        String configuration = Files.readString(file);
        String good = Files.readString(list());
        node.killDaemon();
        try {
            Files.writeString(file, configuration.replaceFirst("default_subnet = .*\n", ""));
            Files.delete(list());
            node.startDaemon("NetworkReady");
            assertThat(network().getStatus()).isFalse();
            assertThat(network().getReason()).isEqualTo("NetworkPluginNotReady");
            assertThat(network().getMessage()).contains(node.networks().toString(), "cni.default_subnet");
            node.cri().runtime().updateRuntimeConfig(UpdateRuntimeConfigRequest.newBuilder().setRuntimeConfig(
                    RuntimeConfig.newBuilder().setNetworkConfig(NetworkConfig.newBuilder().setPodCidr("10.62.0.0/24"))).build());
            assertThat(Failure.of(node, Code.UNAVAILABLE, () -> Pod.run(node).close()).message()).contains("cni.default_subnet");
            Pod.run(node, config -> config.clearHostname().getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder()
                    .setNetwork(NamespaceMode.NODE)).close();
            Files.writeString(list(), good);
            Pod.run(node).close();
            assertThat(network().getStatus()).isTrue();
        } finally {
            Files.writeString(file, configuration);
            Files.writeString(list(), good);
            node.killDaemon();
            Files.deleteIfExists(node.scratch().resolve("root/cni/pod-cidrs"));
            node.startDaemon();
        }
    }

    private RuntimeCondition network() {
        return node.cri().runtime().status(StatusRequest.getDefaultInstance()).getStatus().getConditionsList().stream()
                .filter(condition -> condition.getType().equals("NetworkReady")).findFirst().orElseThrow();
    }
}

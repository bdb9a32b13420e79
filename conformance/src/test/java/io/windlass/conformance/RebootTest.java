package io.windlass.conformance;

import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Pulse;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ContainerStatus;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.NamespaceOption;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** The machine is booted anew: the state directory is empty, the root is as it was. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "its directories are elsewhere")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the machine of a runtime that somebody else started is not ours to boot")
class RebootTest {
    private static final NamespaceOption NODES = NamespaceOption.newBuilder().setNetwork(NamespaceMode.NODE).setPid(NamespaceMode.NODE)
            .setIpc(NamespaceMode.NODE).build();

    @Row(19)
    void leavesSandboxesNotReadyContainersEndedAndImagesThere(Fault fault, Network network) throws Exception {
        Random random = fault.random("reboot, " + network);
        try (Node node = Node.open(NodeOptions.fromProperties().withNetwork(network))) {
            Path calls = Files.writeString(node.scratch().resolve("calls"), "");
            if (network == Network.PLUGINS) {
                record(node, calls);
            }
            Pod.run(node).close();
            KernelState before = node.state();
            List<Pod> pods = new ArrayList<>();
            try (Pulse _ = Pulse.of(node);
                    Pod pod = Pod.run(node);
                    Pod ofTheNode = Pod.run(node, NamespaceTest.namespaces(NODES).andThen(config -> config.clearHostname()));
                    Pod.Plan plan = Pod.plan(node)) {
                Duration phase = FaultyNode.measure(() -> pods.add(Pod.run(node)));
                PodContainer running = pod.script("sleep 1000");
                PodContainer ended = pod.script("exit 3");
                ended.awaitExit();
                String address = pod.ip();
                boolean making = network == Network.BUILT_IN && random.nextBoolean(); // the address of another network's is not known
                RunPodSandboxRequest request = RunPodSandboxRequest.newBuilder().setConfig(plan.config()).build();
                new FaultyNode(node).endDuring(() -> {
                    if (making) {
                        node.cri().runtime().runPodSandbox(request);
                    } else {
                        pods.getFirst().stop();
                    }
                    return true;
                }, Moment.after(Fault.moment(random, phase)));
                Wait.untilTrue("the end of plugins", Duration.ofSeconds(20), () -> FaultyNode.processesOf(node, "cni-bin").isEmpty());
                Files.writeString(calls, "");
                Reboot.of(node);
                node.startDaemon();
                for (PodSandbox sandbox : node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()) {
                    node.remember(sandbox.getId());
                    assertThat(sandbox.getState()).as(sandbox.getMetadata().getName()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
                    if (sandbox.getMetadata().equals(plan.config().getMetadata())) {
                        node.cri().runtime()
                                .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox.getId()).build());
                    }
                }
                assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
                assertThat(ofTheNode.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
                ContainerStatus status = running.status();
                assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
                assertThat(status.getReason()).isNotBlank();
                assertThat(status.getExitCode()).isNotZero();
                assertThat(ended.status().getExitCode()).isEqualTo(3);
                assertThat(ImageTest.status(node, node.busybox()).hasImage()).isTrue();
                if (network == Network.PLUGINS) {
                    Wait.untilTrue("DEL with an empty namespace", Duration.ofSeconds(20),
                            () -> Files.readString(calls).contains("DEL '' " + pod.id()));
                } else {
                    Path lease = node.scratch().resolve("root/cni/leases/" + node.subnet().bridge() + "/" + address);
                    Wait.untilTrue("the address is free", Duration.ofSeconds(20), () -> Files.notExists(lease));
                }
                try (Pod next = Pod.run(node)) {
                    assertThat(next.script("echo next").output()).isEqualTo("next\n");
                }
            } finally {
                for (Pod pod : pods) {
                    pod.close();
                }
            }
            assertThat(node.leaksSince(before, KernelState.OF_THE_DAEMON)).isEmpty();
        }
    }

    /** Has the last plugin of the list write down how it is called. */
    private static void record(Node node, Path calls) throws Exception {
        Path plugin = Files.writeString(node.plugins().resolve("recorder"), """
                #!/bin/sh
                echo "$CNI_COMMAND '$CNI_NETNS' $CNI_CONTAINERID" >> %s
                exec /usr/lib/cni/firewall
                """.formatted(calls));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path list = node.networks().resolve("10-pods.conflist");
        Files.writeString(list, Files.readString(list).replace("{\"type\": \"firewall\"}", "{\"type\": \"recorder\"}"));
    }
}

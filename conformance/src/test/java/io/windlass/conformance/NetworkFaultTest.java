package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.KernelState;
import io.windlass.conformance.fixture.MoodyPlugin;
import io.windlass.conformance.fixture.NodeOptions;
import io.windlass.conformance.fixture.NodeOptions.Network;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.StatusRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** A plugin that hangs, or fails when the network is to be given back: a deadline, and nothing is forgotten until it is given back. */
@ExtendWith(DiffersOnCondition.class)
@DiffersOn(value = "containerd", why = "has no deadline of its own for plugins")
@DisabledIfSystemProperty(named = "cri.endpoint", matches = ".*", disabledReason = "the networks of a runtime that somebody else started are not ours to break")
class NetworkFaultTest extends OwnNode {
    private static final int DEADLINE_SECONDS = 2;

    @SuppressWarnings("NullAway.Init")
    private MoodyPlugin plugin;
    @SuppressWarnings("NullAway.Init")
    private KernelState before;

    @Override
    NodeOptions options() {
        return super.options().withNetwork(Network.PLUGINS);
    }

    @BeforeAll
    void install() throws Exception {
        plugin = MoodyPlugin.install(node, DEADLINE_SECONDS);
        Pod.run(node).close();
    }

    @BeforeEach
    void remember() throws Exception {
        before = node.state();
    }

    @AfterEach
    void leavesNothing() throws Exception {
        plugin.behaves("");
        Pod.run(node).close();
        assertThat(node.leaksSince(before)).isEmpty();
    }

    @Row(23)
    void aPluginThatHangsMeetsADeadlineAndHoldsNobodyElse() throws Exception {
        try (Pod other = Pod.run(node)) {
            PodContainer container = other.script("sleep 1000");
            plugin.behaves(MoodyPlugin.ADD_HANGS);
            long begin = System.nanoTime();
            CompletableFuture<Failure> hanging = CompletableFuture.supplyAsync(() -> Failure.of(() -> Pod.run(node).close()));
            while (!hanging.isDone()) {
                node.cri().runtime().withDeadlineAfter(1, TimeUnit.SECONDS).status(StatusRequest.getDefaultInstance());
                node.cri().runtime().withDeadlineAfter(1, TimeUnit.SECONDS).listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
                assertThat(container.sh("echo well")).isEqualTo("well\n");
            }
            assertThat(hanging.get().message()).contains(MoodyPlugin.NAME);
            assertThat(System.nanoTime() - begin).isBetween(TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS), TimeUnit.SECONDS.toNanos(20));
        }
    }

    @Row(23)
    void aSandboxStaysUntilItsNetworkIsGivenBack() throws Exception {
        Pod pod = Pod.run(node);
        plugin.behaves(MoodyPlugin.DEL_FAILS);
        Failure stop = Failure.of(node, Code.INTERNAL, pod::stop);
        assertThat(stop.message()).contains(MoodyPlugin.NOT_TODAY);
        Failure.of(node, Code.INTERNAL, () -> node.cri().runtime().removePodSandbox(
                RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build()));
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        plugin.behaves("");
        pod.close();
    }

    /** Without anybody asking again. */
    @Row(23)
    void givesBackByItselfOnceThePluginWorks() throws Exception {
        Pod pod = Pod.run(node);
        Path done = node.scratch().resolve("given-back");
        plugin.behaves("[ $CNI_COMMAND = DEL ] && exit 1");
        Failure.of(node, Code.INTERNAL, pod::stop);
        plugin.behaves("[ $CNI_COMMAND = DEL ] && touch " + done);
        Wait.untilTrue("a DEL of the daemon's own", Duration.ofSeconds(20), () -> Files.exists(done));
        pod.close();
    }

    @Row(23)
    void garbageIsNamedAndTakenBack() throws Exception {
        plugin.behaves("[ $CNI_COMMAND = ADD ] && { head -c 100000 /dev/urandom; exit 0; }");
        Failure failure = Failure.of(node, Code.INTERNAL, () -> Pod.run(node).close());
        assertThat(failure.message()).contains(MoodyPlugin.NAME);
    }

    @Row(23)
    void aPluginThatIsMissingIsToldByStatus() throws Exception {
        Files.move(plugin.file(), node.scratch().resolve("away"));
        try {
            Wait.untilTrue("NetworkReady is false and says why", Duration.ofSeconds(10),
                    () -> node.cri().runtime().status(StatusRequest.getDefaultInstance()).getStatus().getConditionsList().stream()
                            .anyMatch(condition -> condition.getType().equals("NetworkReady") && !condition.getStatus()
                                    && condition.getMessage().contains(MoodyPlugin.NAME)));
        } finally {
            Files.move(node.scratch().resolve("away"), plugin.file());
        }
    }
}

package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Fault;
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
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** A plugin that hangs, is missing, or fails when the network is to be given back: a deadline, and nothing is forgotten until it is given back. */
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
    void aPluginThatHangsMeetsADeadlineAndHoldsNobodyElse(Fault fault) throws Exception {
        Random random = fault.random("a plugin that hangs on ADD");
        try (Pod other = Pod.run(node)) {
            PodContainer container = other.script("sleep 1000");
            plugin.behaves(MoodyPlugin.hangs("ADD", random.nextBoolean()));
            hangs(() -> Pod.run(node).close(), container);
        }
    }

    @Row(23)
    void aPluginThatHangsOnDelMeetsADeadlineAndTheSandboxStays(Fault fault) throws Exception {
        Random random = fault.random("a plugin that hangs on DEL");
        try (Pod pod = Pod.run(node); Pod other = Pod.run(node)) {
            PodContainer container = other.script("sleep 1000");
            plugin.behaves(MoodyPlugin.hangs("DEL", random.nextBoolean()));
            hangs(random.nextBoolean() ? pod::stop : () -> removeSandbox(pod), container);
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
            assertThat(container.sh("echo well")).isEqualTo("well\n");
        }
    }

    /** A call that the plugin holds up until its deadline; all others are answered meanwhile. It works afterwards. */
    private void hangs(ThrowingCallable call, PodContainer container) throws Exception {
        long begin = System.nanoTime();
        CompletableFuture<Failure> hanging = CompletableFuture.supplyAsync(() -> Failure.of(call));
        try {
            while (!hanging.isDone()) {
                node.cri().runtime().withDeadlineAfter(1, TimeUnit.SECONDS).status(StatusRequest.getDefaultInstance());
                node.cri().runtime().withDeadlineAfter(1, TimeUnit.SECONDS).listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
                assertThat(container.sh("echo well")).isEqualTo("well\n");
            }
            assertThat(hanging.get().code()).as(hanging.get().message()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(hanging.get().message()).contains(MoodyPlugin.NAME);
            assertThat(System.nanoTime() - begin).isBetween(TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS), TimeUnit.SECONDS.toNanos(20));
        } finally {
            plugin.behaves("");
        }
    }

    @Row(23)
    void aSandboxStaysUntilItsNetworkIsGivenBack(Fault fault) throws Exception {
        Random random = fault.random("a plugin that fails on DEL");
        Pod pod = Pod.run(node);
        plugin.behaves(MoodyPlugin.failsOnDel(random.nextBoolean()));
        for (int i = random.nextInt(3); i >= 0; i--) {
            Failure stop = Failure.of(node, Code.INTERNAL, pod::stop);
            assertThat(stop.message()).contains(MoodyPlugin.NOT_TODAY);
            Failure.of(node, Code.INTERNAL, () -> removeSandbox(pod));
            assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        }
        plugin.behaves("");
        pod.close();
    }

    private void removeSandbox(Pod pod) {
        node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build());
    }

    /** How a plugin fails that works later. */
    enum Fails {
        EXITS, IS_MISSING
    }

    /** Without anybody asking again. */
    @Row(23)
    void givesBackByItselfOnceThePluginWorks(Fault fault, Fails fails) throws Exception {
        Random random = fault.random("a DEL of the daemon's own, " + fails);
        Pod pod = Pod.run(node);
        Path done = node.scratch().resolve("given-back");
        Files.deleteIfExists(done);
        if (fails == Fails.EXITS) {
            plugin.behaves("[ $CNI_COMMAND = DEL ] && exit " + (1 + random.nextInt(255)));
        } else {
            plugin.goesMissing(random.nextBoolean());
        }
        Failure stop = Failure.of(node, fails == Fails.EXITS ? Code.INTERNAL : Code.UNAVAILABLE, pod::stop);
        assertThat(stop.message()).contains(MoodyPlugin.NAME);
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        plugin.behaves("[ $CNI_COMMAND = DEL ] && touch " + done);
        Wait.untilTrue("a DEL of the daemon's own", Duration.ofSeconds(20), () -> Files.exists(done));
        pod.close();
    }

    @Row(23)
    void garbageIsNamedAndTakenBack(Fault fault) throws Exception {
        Random random = fault.random("a plugin that prints garbage");
        byte[] garbage = new byte[1 + random.nextInt(100_000)];
        random.nextBytes(garbage);
        Path file = Files.write(node.scratch().resolve("garbage"), garbage);
        plugin.behaves("[ $CNI_COMMAND = ADD ] && { cat " + file + "; exit " + random.nextInt(2) + "; }");
        Failure failure = Failure.of(node, Code.INTERNAL, () -> Pod.run(node).close());
        assertThat(failure.message()).contains(MoodyPlugin.NAME);
    }

    @Row(23)
    void aPluginThatIsMissingIsToldByStatus(Fault fault) throws Exception {
        plugin.goesMissing(fault.random("a plugin that is missing").nextBoolean());
        Wait.untilTrue("NetworkReady is false and says why", Duration.ofSeconds(10),
                () -> node.cri().runtime().status(StatusRequest.getDefaultInstance()).getStatus().getConditionsList().stream()
                        .anyMatch(condition -> condition.getType().equals("NetworkReady") && !condition.getStatus()
                                && condition.getMessage().contains(MoodyPlugin.NAME)));
        Failure.of(node, Code.UNAVAILABLE, () -> Pod.run(node).close());
    }
}

package io.windlass.conformance;

import io.windlass.conformance.FaultyNode.Cut;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.NamespaceMode;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while it makes a sandbox: before, in and after the ADD of its network, which the built-in bridge or plugins make. */
@Faulty
class FaultSandboxTest {
    private static final Duration AT_MOST = Duration.ofSeconds(20);
    private static final Duration SLOW = Duration.ofSeconds(2);

    @Row({3, 4})
    void aSandboxThatIsBeingMadeGivesItsAddressBack(Fault fault, FaultyNode faulty) throws Exception {
        killWhileItIsMade(fault.random("RunPodSandbox"), faulty);
    }

    @Row({3, 4})
    @OnPlugins
    void aSandboxThatPluginsAreMakingGivesItsAddressBack(Fault fault, FaultyNode faulty) throws Exception {
        killWhileItIsMade(fault.random("RunPodSandbox with plugins"), faulty);
    }

    private static void killWhileItIsMade(Random random, FaultyNode faulty) throws Exception {
        Node node = faulty.node();
        Duration phase = FaultyNode.measure(() -> {
            Pod.run(node).close();
            return true;
        });
        try (Pod.Plan plan = Pod.plan(node, config -> {
            if (random.nextBoolean()) {
                config.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder().setPid(NamespaceMode.POD);
            }
        })) {
            RunPodSandboxRequest request = RunPodSandboxRequest.newBuilder().setConfig(plan.config()).build();
            Cut<String> cut = faulty.killDuring(() -> node.cri().runtime().runPodSandbox(request).getPodSandboxId(),
                    Moment.oneOf(random, Moment.after(Fault.moment(random, phase)), Moment.change(node.scratch().resolve("root/sandboxes")),
                            Moment.change(node.scratch().resolve("state/sandboxes")),
                            Moment.change(node.scratch().resolve("root/cni/leases/" + node.subnet().bridge())),
                            Moment.change(node.scratch().resolve("root/cni/attachments")),
                            Moment.change(node.scratch().resolve("leases/" + node.subnet().bridge())),
                            () -> !FaultyNode.processesOf(node, "windlass-init").isEmpty()));
            List<PodSandbox> there = of(node, plan);
            assertThat(there).hasSizeLessThanOrEqualTo(1);
            if (cut.answered()) {
                assertThat(there).hasSize(1);
                assertThat(there.getFirst().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
                assertThat(there.getFirst().getId()).isEqualTo(cut.answer().get());
            }
            for (PodSandbox sandbox : there) {
                node.remember(sandbox.getId());
                if (sandbox.getState() == PodSandboxState.SANDBOX_NOTREADY) {
                    Wait.untilTrue("the end of the leases of " + sandbox.getId(), AT_MOST, () -> leases(node, sandbox.getId()).isEmpty());
                } else {
                    try (Pod ready = Pod.existing(node, sandbox.getId(), plan)) {
                        ready.script("exit 0").awaitExit();
                    }
                    return;
                }
                if (random.nextBoolean()) {
                    continue; // the name is free for a retry all the same
                }
                node.cri().runtime().stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox.getId()).build());
                node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox.getId()).build());
            }
            try (Pod again = Pod.existing(node, node.cri().runtime().runPodSandbox(request).getPodSandboxId(), plan)) {
                assertThat(of(node, plan)).extracting(PodSandbox::getId).containsExactly(again.id());
                again.script("exit 0").awaitExit();
            }
        }
    }

    /** The plugin goes on for a while after its daemon. What it would still add must not be there when all is taken back. */
    @Row(4)
    @OnPlugins
    void aPluginDoesNotAddAfterItsDaemon(Fault fault, FaultyNode faulty) throws Exception {
        Duration delay = Fault.moment(fault.random("a plugin that goes on"), SLOW.minusMillis(500));
        Node node = faulty.node();
        Path begun = node.scratch().resolve("begun");
        Path added = node.scratch().resolve("added");
        Path list = node.networks().resolve("10-pods.conflist");
        Path plugin = Files.writeString(node.plugins().resolve("slow"), "#!/bin/sh\ncat > /dev/null\n[ $CNI_COMMAND = ADD ] || { rm -f "
                + added + "; exit 0; }\ntouch " + begun + "\nsleep " + SLOW.toSeconds()
                + "\ntouch " + added + "\necho '{\"cniVersion\": \"1.0.0\"}'\n");
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        String good = Files.readString(list);
        try (Pod.Plan plan = Pod.plan(node)) {
            Files.writeString(list, good.replace("{\"type\": \"firewall\"}", "{\"type\": \"firewall\"}, {\"type\": \"slow\"}"));
            RunPodSandboxRequest request = RunPodSandboxRequest.newBuilder().setConfig(plan.config()).build();
            faulty.killDuring(() -> node.cri().runtime().runPodSandbox(request).getPodSandboxId(),
                    Moment.then(() -> Files.exists(begun), delay));
            String id = of(node, plan).getFirst().getId();
            node.remember(id);
            node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
            assertThat(FaultyNode.processesOf(node, plugin.toString())).isEmpty();
            assertThat(added).doesNotExist();
        } finally {
            Files.writeString(list, good);
            Files.delete(plugin);
            Files.deleteIfExists(begun);
        }
    }

    private static List<PodSandbox> of(Node node, Pod.Plan plan) {
        return node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList().stream()
                .filter(sandbox -> sandbox.getMetadata().getUid().equals(plan.config().getMetadata().getUid())).toList();
    }

    /** The files of leases, of both kinds of network, that name a sandbox. */
    private static List<Path> leases(Node node, String id) throws IOException {
        try (Stream<Path> builtIn = files(node.scratch().resolve("root/cni/leases"));
                Stream<Path> plugins = files(node.scratch().resolve("leases"))) {
            return Stream.concat(builtIn, plugins).filter(file -> names(file, id)).toList();
        }
    }

    private static Stream<Path> files(Path directory) throws IOException {
        return Files.isDirectory(directory) ? Files.walk(directory).filter(Files::isRegularFile) : Stream.empty();
    }

    private static boolean names(Path file, String id) {
        try {
            return Files.readString(file).contains(id);
        } catch (IOException e) {
            return false; // given back since
        }
    }
}

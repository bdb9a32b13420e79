package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Command;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PodSandbox;
import io.windlass.cri.v1.PodSandboxState;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.StatusRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon may open no more files: what needs one is refused and leaves nothing behind, and works when there are files again. */
@Faulty
class FewDescriptorsTest {
    private static final Duration AT_MOST = Duration.ofSeconds(20);
    private static final long LIMIT = 16 << 20;

    private static String pid(Node node) {
        return Long.toString(node.runtime().pid().orElseThrow());
    }

    /** The lowest descriptor from which on no more than {@code spare} are free below it. */
    private static int limit(Node node, int spare) throws Exception {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid(node) + "/fd"))) {
            return open.mapToInt(fd -> Integer.parseInt(fd.getFileName().toString())).max().orElseThrow() + 1 + spare;
        }
    }

    @Row(27)
    void refusesAndRecovers(Fault fault, FaultyNode faulty) throws Exception {
        Node node = faulty.node();
        String soft = Command.output("prlimit", "--pid", pid(node), "--nofile", "--output", "SOFT", "--noheadings").strip();
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            List<Pod> refused = new ArrayList<>();
            for (int spare : fault.random("few descriptors").ints(7, 0, 14).toArray()) {
                Command.output("prlimit", "--pid", pid(node), "--nofile=" + limit(node, spare) + ":");
                try {
                    Pod made = Pod.run(node);
                    refused.add(made);
                    made.close();
                    refused.remove(made);
                } catch (StatusRuntimeException e) {
                    assertThat(e.getStatus().getDescription()).as("with " + spare + " descriptors").isNotBlank();
                }
                assertThat(node.cri().runtime().status(StatusRequest.getDefaultInstance()).hasStatus()).isTrue();
            }
            Command.output("prlimit", "--pid", pid(node), "--nofile=" + soft + ":");
            for (Pod left : refused) {
                left.close();
            }
            removeOthers(node, pod);
            assertThat(container.sh("echo well")).isEqualTo("well\n");
            try (Pod next = Pod.run(node)) {
                assertThat(next.script("echo next").output()).isEqualTo("next\n");
            }
        } finally {
            Command.output("prlimit", "--pid", pid(node), "--nofile=" + soft + ":");
        }
    }

    /** With no descriptor at all: none of the lowest is free, and what is given back is above the limit. */
    @Row(27)
    void noEndIsLostAndNoneIsInvented(FaultyNode faulty) throws Exception {
        Node node = faulty.node();
        String soft = Command.output("prlimit", "--pid", pid(node), "--nofile", "--output", "SOFT", "--noheadings").strip();
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate-" + node.next());
            PodContainer failing = gated(pod, gate, "echo last words; exit 5");
            PodContainer hungry = gated(pod, gate, "x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done");
            PodContainer well = pod.script("sleep 1000");
            PodContainer next = pod.create(c -> c.addCommand("sleep").addCommand("1000"));
            failing.awaitLog("before");
            hungry.awaitLog("before");
            Command.output("prlimit", "--pid", pid(node), "--nofile=4:");
            Files.createFile(gate.resolve("open"));
            for (PodContainer ended : List.of(failing, hungry)) {
                Wait.untilTrue("the end that cannot be read", AT_MOST,
                        () -> node.runtime().log().contains("exit of container " + ended.id() + " cannot be read"));
            }
            refusedOrDone("CreateContainer", () -> pod.create(c -> c.addCommand("true")));
            refusedOrDone("StartContainer", next::start);
            refusedOrDone("ExecSync", () -> well.exec("true"));
            refusedOrDone("PullImage", () -> node.pull(node.busybox()));
            assertThat(failing.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(hungry.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);

            Command.output("prlimit", "--pid", pid(node), "--nofile=" + soft + ":");
            assertThat(failing.awaitExit().getExitCode()).isEqualTo(5);
            assertThat(LogLine.text(failing.log())).isEqualTo("before\nlast words\n");
            assertThat(hungry.awaitExit().getExitCode()).isEqualTo(137);
            assertThat(hungry.status().getReason()).isEqualTo("OOMKilled");
            assertThat(well.sh("echo well")).isEqualTo("well\n");
            assertThat(pod.script("echo next").output()).isEqualTo("next\n");
        } finally {
            Command.output("prlimit", "--pid", pid(node), "--nofile=" + soft + ":");
        }
    }

    private static PodContainer gated(Pod pod, Path gate, String script) {
        return pod.start(c -> {
            c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
            c.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(LIMIT).setMemorySwapLimitInBytes(LIMIT);
            c.addAllCommand(List.of("sh", "-c", "echo before; while [ ! -e /gate/open ]; do sleep 0.02; done; " + script));
        });
    }

    private static void refusedOrDone(String name, Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).as(name + ": " + e.getStatus().getDescription()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        }
    }

    /** A sandbox that could not even be taken back stays, not ready, and its owner removes it. */
    private static void removeOthers(Node node, Pod ours) {
        for (PodSandbox sandbox : node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()) {
            if (!sandbox.getId().equals(ours.id())) {
                assertThat(sandbox.getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
                node.cri().runtime().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox.getId()).build());
            }
        }
    }
}

package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.FaultyNode.Cut;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.CgroupParent;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.LogLine;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.Container;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ListContainersRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** The daemon is killed while it creates and starts a container. */
@Faulty
class FaultStartTest {
    private static final Duration AT_MOST = Duration.ofSeconds(10);

    @Row(5)
    void aContainerThatIsBeingCreatedIsThereOrNot(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("CreateContainer");
        Node node = faulty.node();
        try (Pod pod = Pod.run(node)) {
            Duration phase = FaultyNode.measure(() -> pod.create(c -> {
            }));
            ContainerConfig config = PodContainer.config(node, pod.config()).addCommand("sleep").addCommand("1000").build();
            CreateContainerRequest request = CreateContainerRequest.newBuilder().setPodSandboxId(pod.id()).setConfig(config)
                    .setSandboxConfig(pod.config()).build();
            Cut<String> cut = faulty.killDuring(() -> node.cri().runtime().createContainer(request).getContainerId(),
                    Moment.oneOf(random, Moment.after(Fault.moment(random, phase)), Moment.change(node.scratch().resolve("root/snapshots")),
                            Moment.change(node.scratch().resolve("state/containers")),
                            Moment.change(node.scratch().resolve("root/containers"))));
            List<Container> there = named(node, config);
            assertThat(there).hasSizeLessThanOrEqualTo(1).allMatch(c -> c.getState() == ContainerState.CONTAINER_CREATED);
            String id = node.cri().runtime().createContainer(request).getContainerId();
            node.remember(id);
            assertThat(there).allMatch(c -> c.getId().equals(id));
            if (cut.answered()) {
                assertThat(id).isEqualTo(cut.answer().get());
            }
            assertThat(named(node, config)).hasSize(1);
            PodContainer container = pod.existing(id, config);
            container.start();
            assertThat(container.sh("echo alive")).isEqualTo("alive\n");
        }
    }

    private static List<Container> named(Node node, ContainerConfig config) {
        return node.cri().runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList().stream()
                .filter(container -> container.getMetadata().equals(config.getMetadata())).toList();
    }

    @Row(6)
    void aContainerThatIsBeingStartedRunsOnceOrCanBeStarted(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("StartContainer");
        Node node = faulty.node();
        try (Pod pod = Pod.run(node)) {
            Path gate = node.scratch().directory("gate-" + node.next());
            Duration phase = FaultyNode.measure(() -> pod.script("exit 0"));
            PodContainer container = pod.create(c -> {
                c.addMountsBuilder().setHostPath(gate.toString()).setContainerPath("/gate");
                c.addAllCommand(List.of("sh", "-c", "echo run >> /gate/runs; echo output; sleep 1234567"));
            });
            Path exit = node.scratch().resolve("state/containers/" + container.id() + "/exit");
            Path cgroup = Path.of(CgroupParent.hierarchies().getLast() + pod.cgroup().name(), container.id());
            Cut<Boolean> cut = faulty.killDuring(() -> {
                container.start();
                return true;
            }, Moment.oneOf(random, Moment.after(Fault.moment(random, phase)), () -> Files.exists(exit), () -> Files.exists(cgroup),
                    () -> Files.exists(cgroup.resolve("cgroup.procs"))
                            && !Files.readString(cgroup.resolve("cgroup.procs")).isEmpty(),
                    () -> Files.exists(gate.resolve("runs")), () -> Files.exists(container.logPath())));
            ContainerState state = container.status().getState();
            assertThat(state).isIn(ContainerState.CONTAINER_CREATED, ContainerState.CONTAINER_RUNNING);
            if (cut.answered()) {
                assertThat(state).isEqualTo(ContainerState.CONTAINER_RUNNING);
            }
            if (state == ContainerState.CONTAINER_CREATED) {
                assertThat(FaultyNode.processesOf(node, "1234567")).isEmpty();
                assertThat(gate.resolve("runs")).as("what has run").doesNotExist();
                container.start();
            } else {
                Failure.of(node, Code.FAILED_PRECONDITION, container::start);
            }
            container.awaitLog("output");
            assertThat(LogLine.text(container.log())).isEqualTo("output\n");
            assertThat(gate.resolve("runs")).hasContent("run\n");
            assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            Wait.untilTrue("its one process, which has just been executed", AT_MOST,
                    () -> FaultyNode.processesOf(node, "1234567").size() == 1);
            container.stop(Duration.ZERO);
            assertThat(container.awaitExit().getExitCode()).isEqualTo(137);
        }
    }
}

package io.windlass.conformance;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.FaultyNode.Moment;
import io.windlass.conformance.fixture.Cri;
import io.windlass.conformance.fixture.EventStream;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ImageFsInfoRequest;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.cri.v1.ListContainerStatsRequest;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxMetricsRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.ListPodSandboxStatsRequest;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemoveImageRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.ReopenContainerLogRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import io.windlass.cri.v1.UpdateContainerResourcesRequest;
import io.windlass.cri.v1.UpdatePodSandboxResourcesRequest;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** A client gives up a call at any moment: the work ends, or the next try takes it over. */
@Faulty
class FaultCancelTest {
    private static final Duration AT_MOST = Duration.ofSeconds(20);
    private static final int MEASURED = 2;
    private static final int FILE_BYTES = 8 << 10;
    private static final Duration LISTENING = Duration.ofMillis(10);
    private static final long MEMORY = 64 << 20;

    private interface Call {
        ListenableFuture<?> make(Cri cri);
    }

    private interface Life {
        void with(Client client) throws Exception;
    }

    /** Waits for its calls and remembers how long each takes at least; then it gives each up in that time, or a bit later. */
    private static final class Client {
        private final Node node;
        private final Random random;
        private final Map<String, Duration> phases = new HashMap<>();
        private boolean givesUp;

        private Client(Node node, Random random) {
            this.node = node;
            this.random = random;
        }

        static void live(Node node, Random random, Life life) throws Exception {
            Client client = new Client(node, random);
            for (int i = 0; i < MEASURED; i++) {
                life.with(client);
            }
            client.givesUp = true;
            life.with(client);
        }

        void make(String name, Call call) throws Exception {
            if (!givesUp) {
                Duration took = FaultyNode.measure(() -> call.make(node.cri()).get(AT_MOST.toSeconds(), TimeUnit.SECONDS));
                phases.merge(name, took, (one, other) -> one.compareTo(other) < 0 ? one : other);
                return;
            }
            Duration phase = Objects.requireNonNull(phases.get(name));
            Moment moment = Moment.after(Fault.moment(random, phase.multipliedBy(5).dividedBy(4)));
            ListenableFuture<?> answer = call.make(node.cri());
            moment.await();
            answer.cancel(true);
        }
    }

    @Row(26)
    void everyCallThatWasGivenUpCanBeMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        Client.live(faulty.node(), fault.random("cancelled calls about pods"), FaultCancelTest::ofAPod);
    }

    private static void ofAPod(Client client) throws Exception {
        Node node = client.node;
        try (Pod.Plan plan = Pod.plan(node)) {
            RunPodSandboxRequest run = RunPodSandboxRequest.newBuilder().setConfig(plan.config()).build();
            client.make("RunPodSandbox", cri -> cri.runtimeFutures().runPodSandbox(run));
            Pod pod = Pod.existing(node, node.cri().runtime().runPodSandbox(run).getPodSandboxId(), plan);
            assertThat(node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()).hasSize(1);
            PodContainer container = create(client, pod);
            start(client, container);
            exec(client, container);
            container.awaitLog("ready");
            change(client, container);
            ask(client, pod);
            StopContainerRequest stop = StopContainerRequest.newBuilder().setContainerId(container.id()).setTimeout(20).build();
            client.make("StopContainer", cri -> cri.runtimeFutures().stopContainer(stop));
            container.stop(AT_MOST);
            assertThat(container.status().getExitCode()).isEqualTo(7);
            RemoveContainerRequest remove = RemoveContainerRequest.newBuilder().setContainerId(container.id()).build();
            client.make("RemoveContainer", cri -> cri.runtimeFutures().removeContainer(remove));
            container.remove();
            assertThat(node.cri().runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList()).isEmpty();
            pod.script("sleep 1000");
            StopPodSandboxRequest stopPod = StopPodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build();
            client.make("StopPodSandbox", cri -> cri.runtimeFutures().stopPodSandbox(stopPod));
            pod.stop();
            RemovePodSandboxRequest removePod = RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build();
            client.make("RemovePodSandbox", cri -> cri.runtimeFutures().removePodSandbox(removePod));
            pod.remove();
            assertThat(node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()).isEmpty();
        }
    }

    private static PodContainer create(Client client, Pod pod) throws Exception {
        Node node = client.node;
        ContainerConfig config = PodContainer.config(node, pod.config()).addCommand("sh").addCommand("-c")
                .addCommand("trap 'sleep 0.1; exit 7' TERM; echo ready; while :; do sleep 0.01; done").build();
        CreateContainerRequest request = CreateContainerRequest.newBuilder().setPodSandboxId(pod.id()).setConfig(config)
                .setSandboxConfig(pod.config()).build();
        client.make("CreateContainer", cri -> cri.runtimeFutures().createContainer(request));
        String id = node.cri().runtime().createContainer(request).getContainerId();
        node.remember(id);
        assertThat(node.cri().runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList()).hasSize(1);
        return pod.existing(id, config);
    }

    /** The next try starts it, or finds that the first has. */
    private static void start(Client client, PodContainer container) throws Exception {
        StartContainerRequest request = StartContainerRequest.newBuilder().setContainerId(container.id()).build();
        client.make("StartContainer", cri -> cri.runtimeFutures().startContainer(request));
        try {
            container.start();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
        }
        assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    /** What is given up would never end. */
    private static void exec(Client client, PodContainer container) throws Exception {
        ExecSyncRequest request = ExecSyncRequest.newBuilder().setContainerId(container.id()).addCmd("sh").addCmd("-c")
                .addCmd(client.givesUp ? "sleep 876541 & sleep 876542" : "true").build();
        client.make("ExecSync", cri -> cri.runtimeFutures().execSync(request));
        Wait.untilTrue("the end of a command that nobody waits for", AT_MOST,
                () -> FaultyNode.processesOf(client.node, "87654").isEmpty() && container.sh("echo alive").equals("alive\n"));
    }

    private static void change(Client client, PodContainer container) throws Exception {
        UpdateContainerResourcesRequest update = UpdateContainerResourcesRequest.newBuilder().setContainerId(container.id())
                .setLinux(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(MEMORY)).build();
        client.make("UpdateContainerResources", cri -> cri.runtimeFutures().updateContainerResources(update));
        client.node.cri().runtime().updateContainerResources(update);
        assertThat(container.status().getResources().getLinux().getMemoryLimitInBytes()).isEqualTo(MEMORY);
        ReopenContainerLogRequest reopen = ReopenContainerLogRequest.newBuilder().setContainerId(container.id()).build();
        Files.move(container.logPath(), container.logPath().resolveSibling("rotated"));
        client.make("ReopenContainerLog", cri -> cri.runtimeFutures().reopenContainerLog(reopen));
        client.node.cri().runtime().reopenContainerLog(reopen);
        Wait.untilTrue("the new log", AT_MOST, () -> Files.exists(container.logPath()));
    }

    /** What is asked for, and listened to, goes on for the next client. */
    private static void ask(Client client, Pod pod) throws Exception {
        client.make("UpdatePodSandboxResources", cri -> cri.runtimeFutures()
                .updatePodSandboxResources(UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(pod.id()).build()));
        client.make("ImageFsInfo", cri -> cri.imageFutures().imageFsInfo(ImageFsInfoRequest.getDefaultInstance()));
        client.make("ListPodSandboxMetrics",
                cri -> cri.runtimeFutures().listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance()));
        try (EventStream _ = EventStream.open(client.node, client.random.nextBoolean())) {
            Moment.after(Fault.moment(client.random, LISTENING)).await();
        }
        client.make("ListContainerStats", cri -> cri.runtimeFutures().listContainerStats(ListContainerStatsRequest.getDefaultInstance()));
        client.make("ListPodSandboxStats",
                cri -> cri.runtimeFutures().listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance()));
        assertThat(client.node.cri().runtime().listContainerStats(ListContainerStatsRequest.getDefaultInstance()).getStatsList())
                .hasSize(1);
    }

    @Row(26)
    void aPullOrARemovalThatWasGivenUpCanBeMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        Node node = faulty.node();
        Random random = fault.random("cancelled pull and removal");
        String name = "given-up-" + node.next();
        node.registry().push(name, "1", SummedImage.of(random, FILE_BYTES));
        String reference = node.registry().reference(name + ":1");
        Client.live(node, random, client -> ofAnImage(client, reference));
    }

    private static void ofAnImage(Client client, String reference) throws Exception {
        Node node = client.node;
        PullImageRequest pull = PullImageRequest.newBuilder().setImage(ImageTest.spec(reference)).build();
        client.make("PullImage", cri -> cri.imageFutures().pullImage(pull));
        try (Pulled pulled = Pulled.pull(node, reference)) {
            SummedImage.check(node, pulled.name());
            RemoveImageRequest remove = RemoveImageRequest.newBuilder().setImage(ImageTest.spec(reference)).build();
            client.make("RemoveImage", cri -> cri.imageFutures().removeImage(remove));
        }
        assertThat(ImageTest.status(node, reference).hasImage()).isFalse();
    }
}

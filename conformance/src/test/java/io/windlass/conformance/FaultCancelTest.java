package io.windlass.conformance;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Fault;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.TestImages;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.cri.v1.ContainerState;
import io.windlass.cri.v1.CreateContainerRequest;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ListContainersRequest;
import io.windlass.cri.v1.ListPodSandboxRequest;
import io.windlass.cri.v1.PullImageRequest;
import io.windlass.cri.v1.RemoveContainerRequest;
import io.windlass.cri.v1.RemovePodSandboxRequest;
import io.windlass.cri.v1.RunPodSandboxRequest;
import io.windlass.cri.v1.RuntimeServiceGrpc.RuntimeServiceFutureStub;
import io.windlass.cri.v1.StartContainerRequest;
import io.windlass.cri.v1.StopContainerRequest;
import io.windlass.cri.v1.StopPodSandboxRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;

/** A client gives up a call at any moment: the work ends, or the next try takes it over. */
@Faulty
class FaultCancelTest {
    private static final Duration AT_MOST = Duration.ofSeconds(20);
    private static final Duration PHASE = Duration.ofMillis(30);

    @Row(26)
    void everyCallThatWasGivenUpCanBeMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("cancelled calls about pods");
        Node node = faulty.node();
        try (Pod.Plan plan = Pod.plan(node)) {
            RunPodSandboxRequest run = RunPodSandboxRequest.newBuilder().setConfig(plan.config()).build();
            cancel(random, node, stub -> stub.runPodSandbox(run));
            Pod pod = Pod.existing(node, node.cri().runtime().runPodSandbox(run).getPodSandboxId(), plan);
            assertThat(node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()).hasSize(1);
            PodContainer container = create(random, node, pod);
            start(random, node, container);
            exec(random, node, container);
            container.awaitLog("ready");
            cancel(random, node,
                    stub -> stub.stopContainer(StopContainerRequest.newBuilder().setContainerId(container.id()).setTimeout(20).build()));
            container.stop(AT_MOST);
            assertThat(container.status().getExitCode()).isEqualTo(7);
            cancel(random, node,
                    stub -> stub.removeContainer(RemoveContainerRequest.newBuilder().setContainerId(container.id()).build()));
            container.remove();
            assertThat(node.cri().runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList()).isEmpty();
            pod.script("sleep 1000");
            cancel(random, node, stub -> stub.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build()));
            pod.stop();
            cancel(random, node, stub -> stub.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build()));
            pod.remove();
            assertThat(node.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()).isEmpty();
        }
    }

    @Row(26)
    void aPullThatWasGivenUpCanBeMadeAgain(Fault fault, FaultyNode faulty) throws Exception {
        Random random = fault.random("cancelled pull");
        Node node = faulty.node();
        String name = "given-up-" + node.next();
        node.registry().push(name, "1", TestImages.busybox().with("Labels", Map.of("name", name)));
        String reference = node.registry().reference(name + ":1");
        ListenableFuture<?> pull = node.cri().imageFutures()
                .pullImage(PullImageRequest.newBuilder().setImage(ImageTest.spec(reference)).build());
        Thread.sleep(Fault.moment(random, PHASE));
        pull.cancel(true);
        try (Pulled pulled = Pulled.pull(node, reference)) {
            assertThat(ImageTest.status(node, pulled.name()).hasImage()).isTrue();
        }
    }

    private static PodContainer create(Random random, Node node, Pod pod) {
        ContainerConfig config = PodContainer.config(node, pod.config()).addCommand("sh").addCommand("-c")
                .addCommand("trap 'sleep 0.1; exit 7' TERM; echo ready; while :; do sleep 0.01; done").build();
        CreateContainerRequest request = CreateContainerRequest.newBuilder().setPodSandboxId(pod.id()).setConfig(config)
                .setSandboxConfig(pod.config()).build();
        cancel(random, node, stub -> stub.createContainer(request));
        String id = node.cri().runtime().createContainer(request).getContainerId();
        node.remember(id);
        assertThat(node.cri().runtime().listContainers(ListContainersRequest.getDefaultInstance()).getContainersList()).hasSize(1);
        return pod.existing(id, config);
    }

    /** The next try starts it, or finds that the first has. */
    private static void start(Random random, Node node, PodContainer container) {
        cancel(random, node, stub -> stub.startContainer(StartContainerRequest.newBuilder().setContainerId(container.id()).build()));
        try {
            container.start();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
        }
        assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    private static void exec(Random random, Node node, PodContainer container) {
        cancel(random, node, stub -> stub.execSync(ExecSyncRequest.newBuilder().setContainerId(container.id()).addCmd("sh").addCmd("-c")
                .addCmd("sleep 876541 & sleep 876542").build()));
        Wait.untilTrue("the end of a command that nobody waits for", AT_MOST,
                () -> FaultyNode.processesOf(node, "87654").isEmpty() && container.sh("echo alive").equals("alive\n"));
    }

    private static void cancel(Random random, Node node, Function<RuntimeServiceFutureStub, ListenableFuture<?>> call) {
        ListenableFuture<?> answer = call.apply(node.cri().runtimeFutures());
        try {
            Thread.sleep(Fault.moment(random, PHASE));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answer.cancel(true);
    }
}

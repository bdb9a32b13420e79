package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerStats;
import io.windlass.cri.v1.ContainerStatsFilter;
import io.windlass.cri.v1.ContainerStatsRequest;
import io.windlass.cri.v1.ListContainerStatsRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@OnNode
class StatsTest {

    @Test
    void tellWhatAContainerUses(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod
                    .start(c -> c.putLabels("a", "b").addCommand("sh").addCommand("-c").addCommand("while :; do :; done"));
            Wait.untilTrue("cpu time", Duration.ofSeconds(10),
                    () -> stats(node, container.id()).getCpu().getUsageCoreNanoSeconds().getValue() > 20_000_000);
            ContainerStats stats = stats(node, container.id());
            assertThat(stats.getAttributes().getId()).isEqualTo(container.id());
            assertThat(stats.getAttributes().getMetadata()).isEqualTo(container.config().getMetadata());
            assertThat(stats.getAttributes().getLabelsMap()).isEqualTo(container.config().getLabelsMap());
            assertThat(stats.getCpu().getTimestamp()).isPositive();
            assertThat(stats.getMemory().getTimestamp()).isPositive();
            assertThat(stats.getMemory().getWorkingSetBytes().getValue()).isPositive();
        }
    }

    @Test
    void tellWhatAContainerWrote(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("head -c 1000000 /dev/zero > /big; sync; sleep 1000");
            Wait.untilTrue("bytes of the writable layer", Duration.ofSeconds(30),
                    () -> stats(node, container.id()).getWritableLayer().getUsedBytes().getValue() >= 1_000_000);
            assertThat(stats(node, container.id()).getWritableLayer().getInodesUsed().getValue()).isPositive();
        }
    }

    @Test
    void areListedByPodAndById(Node node) throws Exception {
        try (Pod pod = Pod.run(node); Pod other = Pod.run(node)) {
            PodContainer a = pod.script("sleep 1000");
            PodContainer b = other.script("sleep 1000");
            assertThat(list(node, ContainerStatsFilter.newBuilder().setPodSandboxId(pod.id()))).containsExactly(a.id());
            assertThat(list(node, ContainerStatsFilter.newBuilder().setId(b.id()))).containsExactly(b.id());
            assertThat(list(node, ContainerStatsFilter.newBuilder())).contains(a.id(), b.id());
        }
    }

    @Test
    void areNotFoundForNoContainer(Node node) {
        Failure.of(node, Code.NOT_FOUND, () -> stats(node, "0".repeat(64)));
    }

    private static ContainerStats stats(Node node, String id) {
        return node.cri().runtime().containerStats(ContainerStatsRequest.newBuilder().setContainerId(id).build()).getStats();
    }

    private static java.util.List<String> list(Node node, ContainerStatsFilter.Builder filter) {
        return node.cri().runtime().listContainerStats(ListContainerStatsRequest.newBuilder().setFilter(filter).build()).getStatsList()
                .stream()
                .map(stats -> stats.getAttributes().getId()).toList();
    }
}

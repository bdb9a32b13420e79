package io.windlass.conformance;

import io.grpc.Status.Code;
import io.windlass.conformance.fixture.CgroupFiles;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ContainerStats;
import io.windlass.cri.v1.ContainerStatsFilter;
import io.windlass.cri.v1.ContainerStatsRequest;
import io.windlass.cri.v1.ListContainerStatsRequest;
import io.windlass.cri.v1.ListPodSandboxStatsRequest;
import io.windlass.cri.v1.PodSandboxStats;
import io.windlass.cri.v1.PodSandboxStatsFilter;
import io.windlass.cri.v1.PodSandboxStatsRequest;
import io.windlass.cri.v1.StreamContainerStatsRequest;
import io.windlass.cri.v1.StreamPodSandboxStatsRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    @DiffersOn(value = "containerd", why = "1.6 knows no pressure, and nothing of pods on v1 without a process of theirs")
    void agreeWithTheKernel(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(config -> {
                config.addCommand("sh").addCommand("-c").addCommand("head -c 3000000 /dev/zero > /dev/shm/held; sleep 1000 & sleep 1000");
                config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(64 << 20);
            });
            CgroupFiles files = CgroupFiles.of(pod, container.id());
            Wait.untilTrue("three megabytes", Duration.ofSeconds(10), () -> files.memoryUsage() >= 3_000_000);
            ContainerStats stats = stats(node, container.id());
            long usage = files.memoryUsage();
            assertThat(stats.getMemory().getUsageBytes().getValue()).isBetween(usage / 2, usage * 2);
            assertThat(stats.getMemory().getUsageBytes().getValue()).isGreaterThanOrEqualTo(3_000_000);
            assertThat(stats.getMemory().getAvailableBytes().getValue() + stats.getMemory().getWorkingSetBytes().getValue())
                    .isEqualTo(64 << 20);
            assertThat(stats.getMemory().getRssBytes().getValue()).isBetween(1L, stats.getMemory().getUsageBytes().getValue());
            assertThat(stats.getMemory().getPageFaults().getValue()).isPositive();
            assertThat(stats.getMemory().hasMajorPageFaults()).isTrue();
            assertThat(stats.getSwap().hasSwapUsageBytes()).isTrue();
            assertThat(stats.getCpu().hasUsageNanoCores()).isTrue();
            assertThat(stats.getCpu().getUsageCoreNanoSeconds().getValue()).isBetween(1L, files.cpuNanos());
            files.pressureMicros("cpu.pressure").ifPresent(some -> {
                assertThat(stats.getCpu().getPsi().getSome().getTotal()).isBetween(0L, some * 1000);
                assertThat(stats.getCpu().getPsi().getSome().getTotal() % 1000).isZero();
                assertThat(stats.getMemory().hasPsi()).isTrue();
                assertThat(stats.getIo().hasPsi()).isTrue();
            });
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 has pods' stats with the pause process's cgroup only")
    void tellWhatAPodUses(Node node) throws Exception {
        try (Pod pod = Pod.run(node, config -> config.putLabels("which", "this")); Pod other = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            container.sh("ping -c 3 -i 0.2 -s 1000 " + node.subnet().prefix() + "1 >/dev/null");
            long before = received(container);
            PodSandboxStats stats = podStats(node, pod.id());
            long after = received(container);
            assertThat(stats.getAttributes().getMetadata()).isEqualTo(pod.config().getMetadata());
            assertThat(stats.getLinux().getNetwork().getDefaultInterface().getName()).isEqualTo("eth0");
            assertThat(stats.getLinux().getNetwork().getDefaultInterface().getRxBytes().getValue()).isBetween(before, after)
                    .isGreaterThanOrEqualTo(3_000);
            assertThat(stats.getLinux().getNetwork().getDefaultInterface().getTxBytes().getValue()).isGreaterThanOrEqualTo(3_000);
            assertThat(stats.getLinux().getProcess().getProcessCount().getValue()).isEqualTo(processes(pod));
            assertThat(stats.getLinux().getMemory().getWorkingSetBytes().getValue()).isPositive();
            assertThat(stats.getLinux().getCpu().getUsageCoreNanoSeconds().getValue()).isPositive();
            assertThat(stats.getLinux().getContainersList()).extracting(one -> one.getAttributes().getId()).containsExactly(container.id());

            assertThat(listPods(node, PodSandboxStatsFilter.newBuilder())).contains(pod.id(), other.id());
            assertThat(listPods(node, PodSandboxStatsFilter.newBuilder().setId(other.id()))).containsExactly(other.id());
            assertThat(listPods(node, PodSandboxStatsFilter.newBuilder().putLabelSelector("which", "this"))).containsExactly(pod.id());
            Failure.of(node, Code.NOT_FOUND, () -> podStats(node, ""));
        }
    }

    @Test
    @DiffersOn(value = "containerd", why = "1.6 has no streamed lists")
    void areStreamedAsTheyAreListed(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            List<String> containers = new ArrayList<>();
            node.cri().runtime().streamContainerStats(StreamContainerStatsRequest.getDefaultInstance()).forEachRemaining(
                    part -> part.getContainerStatsList().forEach(stats -> containers.add(stats.getAttributes().getId())));
            List<String> pods = new ArrayList<>();
            node.cri().runtime().streamPodSandboxStats(StreamPodSandboxStatsRequest.getDefaultInstance())
                    .forEachRemaining(part -> part.getPodSandboxStatsList().forEach(stats -> pods.add(stats.getAttributes().getId())));
            assertThat(containers).contains(container.id());
            assertThat(pods).contains(pod.id());
        }
    }

    private static long received(PodContainer container) {
        return Long.parseLong(container.sh("cat /sys/class/net/eth0/statistics/rx_bytes").strip());
    }

    private static long processes(Pod pod) throws IOException {
        return CgroupFiles.of(pod).processes();
    }

    private static PodSandboxStats podStats(Node node, String id) {
        return node.cri().runtime().podSandboxStats(PodSandboxStatsRequest.newBuilder().setPodSandboxId(id).build()).getStats();
    }

    private static List<String> listPods(Node node, PodSandboxStatsFilter.Builder filter) {
        return node.cri().runtime().listPodSandboxStats(ListPodSandboxStatsRequest.newBuilder().setFilter(filter).build()).getStatsList()
                .stream().map(stats -> stats.getAttributes().getId()).toList();
    }

    private static ContainerStats stats(Node node, String id) {
        return node.cri().runtime().containerStats(ContainerStatsRequest.newBuilder().setContainerId(id).build()).getStats();
    }

    private static List<String> list(Node node, ContainerStatsFilter.Builder filter) {
        return node.cri().runtime().listContainerStats(ListContainerStatsRequest.newBuilder().setFilter(filter).build()).getStatsList()
                .stream()
                .map(stats -> stats.getAttributes().getId()).toList();
    }
}

package io.windlass.conformance;

import io.windlass.conformance.fixture.CgroupFiles;
import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import io.windlass.conformance.fixture.SmallDisk;
import io.windlass.conformance.fixture.Wait;
import io.windlass.cri.v1.ListMetricDescriptorsRequest;
import io.windlass.cri.v1.ListPodSandboxMetricsRequest;
import io.windlass.cri.v1.Metric;
import io.windlass.cri.v1.MetricDescriptor;
import io.windlass.cri.v1.MetricType;
import io.windlass.cri.v1.Mount;
import io.windlass.cri.v1.PodSandboxMetrics;
import io.windlass.cri.v1.StreamPodSandboxMetricsRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a kubelet serves at /metrics/cadvisor. */
@OnNode
@DiffersOn(value = "containerd", why = "1.6 has no metrics")
class MetricsTest {
    private static final String CPU = "container_cpu_usage_seconds_total";

    @Test
    void haveTheNamesAndLabelsOfTheirDescriptors(Node node) throws Exception {
        Map<String, MetricDescriptor> descriptors = descriptors(node);
        assertThat(descriptors).containsKeys(CPU, "container_memory_working_set_bytes", "container_network_receive_bytes_total",
                "container_oom_events_total", "container_spec_memory_limit_bytes", "container_last_seen", "container_fs_usage_bytes");
        assertThat(descriptors.values()).allSatisfy(one -> {
            assertThat(one.getHelp()).isNotBlank();
            assertThat(one.getLabelKeysList()).contains("namespace", "pod", "container").doesNotHaveDuplicates();
        });
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("sleep 1000");
            List<Metric> all = all(metrics(node, pod)).toList();
            assertThat(all).allSatisfy(metric -> {
                assertThat(descriptors).containsKey(metric.getName());
                MetricDescriptor descriptor = Objects.requireNonNull(descriptors.get(metric.getName()));
                assertThat(metric.getLabelValuesList()).hasSameSizeAs(descriptor.getLabelKeysList());
                assertThat(labels(descriptor, metric)).containsEntry("namespace", "conformance")
                        .containsEntry("pod", pod.config().getMetadata().getName());
                assertThat(metric.getTimestamp()).isPositive();
            });
            Metric cpu = one(node, pod, CPU);
            assertThat(labels(Objects.requireNonNull(descriptors.get(CPU)), cpu))
                    .containsEntry("container", container.config().getMetadata().getName())
                    .containsEntry("name", container.id()).containsEntry("cpu", "total");
            assertThat(cpu.getMetricType()).isEqualTo(MetricType.COUNTER);
            assertThat(all.stream().filter(metric -> metric.getName().matches(".*(bytes|seconds|periods|packets)_total")))
                    .extracting(Metric::getMetricType)
                    .containsOnly(MetricType.COUNTER);
        }
    }

    @Test
    void agreeWithTheKernel(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.start(config -> {
                config.addCommand("sh").addCommand("-c").addCommand("exec 7< /dev/null; sleep 1000 & exec sleep 1000");
                config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(64 << 20).setCpuPeriod(50_000).setCpuQuota(25_000)
                        .setCpuShares(512);
            });
            CgroupFiles files = CgroupFiles.of(pod, container.id());
            Wait.untilTrue("two processes", Duration.ofSeconds(10), () -> value(node, pod, "container_processes") >= 2);
            assertThat(value(node, pod, "container_processes")).isEqualTo(files.processes());
            assertThat(value(node, pod, "container_threads")).isEqualTo(Long.parseLong(files.text("pids.current")));
            assertThat(value(node, pod, "container_memory_usage_bytes")).isBetween(files.memoryUsage() / 2, files.memoryUsage() * 2);
            assertThat(value(node, pod, "container_memory_max_usage_bytes"))
                    .isEqualTo(Long.parseLong(files.text("memory.max_usage_in_bytes", "memory.peak")));
            assertThat(value(node, pod, "container_file_descriptors")).isGreaterThanOrEqualTo(8);
            assertThat(value(node, pod, "container_spec_memory_limit_bytes")).isEqualTo(64 << 20);
            assertThat(value(node, pod, "container_spec_cpu_period")).isEqualTo(50_000);
            assertThat(value(node, pod, "container_spec_cpu_quota")).isEqualTo(25_000);
            assertThat(value(node, pod, "container_spec_cpu_shares")).isEqualTo(512);
            assertThat(value(node, pod, "container_start_time_seconds"))
                    .isEqualTo(container.status().getStartedAt() / 1_000_000_000L);
            assertThat(value(node, pod, "container_oom_events_total")).isZero();
            long received = Long.parseLong(container.sh("cat /sys/class/net/eth0/statistics/rx_packets").strip());
            assertThat(value(node, pod, "container_network_receive_packets_total")).isGreaterThanOrEqualTo(received);
            assertThat(value(node, pod, "container_ulimits_soft")).isEqualTo(Long.parseLong(container.sh("ulimit -n").strip()));
        }
    }

    @Test
    void countWhatGoesToAndComesFromABlockDevice(Node node) throws Exception {
        try (SmallDisk disk = SmallDisk.make(node.scratch().resolve("counted-disk"), 32L << 20, node.scratch().resolve("counted"));
                Pod pod = Pod.run(node)) {
            Assumptions.assumeTrue(CgroupFiles.of(pod).countBlockIo(disk.device()), "the kernel counts no block I/O here");
            PodContainer container = pod.start(config -> config.addCommand("sleep").addCommand("1000")
                    .addMounts(Mount.newBuilder().setHostPath(disk.mountPoint().toString()).setContainerPath("/data")));
            container.sh("dd if=/dev/zero of=/data/x bs=1M count=4 oflag=direct && dd if=/data/x of=/dev/null bs=1M iflag=direct");
            String name = "/dev/" + Files.readSymbolicLink(Path.of("/sys/dev/block", disk.device())).getFileName();
            long bytes = 4L << 20;
            assertThat(ofDevice(node, pod, "container_fs_writes_bytes_total", name)).hasSize(1).allMatch(written -> written >= bytes);
            assertThat(ofDevice(node, pod, "container_fs_reads_bytes_total", name)).hasSize(1).allMatch(read -> read >= bytes);
            assertThat(ofDevice(node, pod, "container_fs_writes_total", name)).hasSize(1).allMatch(writes -> writes > 0);
            assertThat(ofDevice(node, pod, "container_fs_reads_total", name)).hasSize(1).allMatch(reads -> reads > 0);
            assertThat(ofDevice(node, pod, "container_blkio_device_usage_total", name)).hasSize(2).allMatch(moved -> moved >= bytes);
        }
    }

    private static List<Long> ofDevice(Node node, Pod pod, String name, String device) {
        MetricDescriptor descriptor = Objects.requireNonNull(descriptors(node).get(name));
        return all(metrics(node, pod))
                .filter(metric -> metric.getName().equals(name) && device.equals(labels(descriptor, metric).get("device")))
                .map(metric -> metric.getValue().getValue()).toList();
    }

    @Test
    void countProcessesThatMemoryRanOutFor(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            pod.start(config -> {
                config.addCommand("sh").addCommand("-c").addCommand("sh -c 'x=a; while :; do x=$x$x; done'; sleep 1000");
                config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(16 << 20).setMemorySwapLimitInBytes(16 << 20);
            });
            Wait.untilTrue("an event", Duration.ofSeconds(20), () -> value(node, pod, "container_oom_events_total") == 1);
            // the event is counted when the kernel chooses the process; that leaves the group a little later
            Wait.untilTrue("the process gone", Duration.ofSeconds(20), () -> CgroupFiles.of(pod).processes() == 1);
            assertThat(value(node, pod, "container_processes")).isEqualTo(1);
        }
    }

    @Test
    void areStreamedAsTheyAreListed(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            pod.script("sleep 1000");
            List<PodSandboxMetrics> streamed = new ArrayList<>();
            node.cri().runtime().streamPodSandboxMetrics(StreamPodSandboxMetricsRequest.getDefaultInstance())
                    .forEachRemaining(part -> streamed.addAll(part.getPodSandboxMetricsList()));
            PodSandboxMetrics mine = streamed.stream().filter(one -> one.getPodSandboxId().equals(pod.id())).findFirst().orElseThrow();
            assertThat(all(mine).map(Metric::getName)).containsExactlyElementsOf(all(metrics(node, pod)).map(Metric::getName).toList());
        }
    }

    @Test
    void endWithWhatTheyAreOf(Node node) throws Exception {
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script("exit 0");
            container.awaitExit();
            assertThat(metrics(node, pod).getContainerMetricsList()).isEmpty();
            pod.stop();
            assertThat(node.cri().runtime().listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance()).getPodMetricsList())
                    .extracting(PodSandboxMetrics::getPodSandboxId).doesNotContain(pod.id());
        }
    }

    private static Map<String, MetricDescriptor> descriptors(Node node) {
        return node.cri().runtime().listMetricDescriptors(ListMetricDescriptorsRequest.getDefaultInstance()).getDescriptorsList().stream()
                .collect(Collectors.toMap(MetricDescriptor::getName, one -> one));
    }

    private static PodSandboxMetrics metrics(Node node, Pod pod) {
        return node.cri().runtime().listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance()).getPodMetricsList().stream()
                .filter(one -> one.getPodSandboxId().equals(pod.id())).findFirst().orElseThrow();
    }

    private static Stream<Metric> all(PodSandboxMetrics pod) {
        return Stream.concat(pod.getMetricsList().stream(),
                pod.getContainerMetricsList().stream().flatMap(container -> container.getMetricsList().stream()));
    }

    private static Metric one(Node node, Pod pod, String name) {
        return all(metrics(node, pod)).filter(metric -> metric.getName().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError(name + " is missing"));
    }

    private static long value(Node node, Pod pod, String name) {
        return one(node, pod, name).getValue().getValue();
    }

    private static Map<String, String> labels(MetricDescriptor descriptor, Metric metric) {
        Map<String, String> labels = new HashMap<>();
        for (int i = 0; i < metric.getLabelValuesCount(); i++) {
            labels.put(descriptor.getLabelKeys(i), metric.getLabelValues(i));
        }
        return labels;
    }
}

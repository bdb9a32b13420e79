package io.windlass.cri.stats;

import io.windlass.cri.container.Container;
import io.windlass.cri.container.ContainerCgroups;
import io.windlass.cri.container.ContainerStore;
import io.windlass.cri.fake.FakeSnapshots;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.v1.ListPodSandboxMetricsRequest;
import io.windlass.cri.v1.ListPodSandboxStatsRequest;
import io.windlass.shim.cgroup.CgroupDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A kubelet that takes its stats from the CRI asks for those of pods and for their metrics, and never for those of containers. */
class PodUsageTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Path SAMPLE = Path.of("src/test/resources/records/v2/containers/" + "c3".repeat(32) + ".json");

    @TempDir
    private Path scratch;

    private SandboxStore sandboxes;
    private PodInterfaces interfaces;
    private Layers layers;
    private ContainerUsage containers;
    private PodUsage pods;
    private Container removed;

    @BeforeEach
    void removeAContainer() throws IOException {
        var cgroups = CgroupDriver.detect();
        sandboxes = SandboxStore.open(directory("sandboxes"));
        interfaces = new PodInterfaces(directory("state"));
        layers = new Layers(new FakeSnapshots(scratch), CLOCK, Duration.ofMinutes(1));
        containers = new ContainerUsage(sandboxes, new ContainerCgroups(cgroups), layers, scratch, CLOCK);
        var before = directory("before");
        Files.copy(SAMPLE, before.resolve(SAMPLE.getFileName()));
        removed = ContainerStore.open(before).all().iterator().next();
        containers.fresh(removed);
        assertThat(containers.layer(removed.id())).isPresent();
        pods = new PodUsage(ContainerStore.open(directory("after")), containers, interfaces, cgroups, CLOCK);
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectories(scratch.resolve(name));
    }

    @AfterEach
    void close() {
        layers.close();
    }

    @Test
    void statsOfPodsForgetContainersThatAreGone() {
        new ListPodSandboxStats(sandboxes, pods).call(ListPodSandboxStatsRequest.getDefaultInstance());
        assertThat(containers.layer(removed.id())).isEmpty();
    }

    @Test
    void metricsOfPodsForgetContainersThatAreGone() throws IOException {
        var reader = new ContainerMetricsReader(containers);
        new ListPodSandboxMetrics(sandboxes, pods, interfaces, reader, scratch, CLOCK)
                .call(ListPodSandboxMetricsRequest.getDefaultInstance());
        assertThat(containers.layer(removed.id())).isEmpty();
    }
}

package io.windlass.cri.stats;

import io.windlass.cri.container.ContainerCgroups;
import io.windlass.cri.container.ContainerStore;
import io.windlass.cri.container.PodServices;
import io.windlass.cri.sandbox.SandboxStore;
import java.time.Duration;

/** All calls about what sandboxes and containers use. */
public final class Stats implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Layers layers;
    private final Calls calls;

    /** The calls. */
    public record Calls(GetContainerStats container, ListContainerStats containers, StreamContainerStats streamContainers,
            GetPodSandboxStats sandbox, ListPodSandboxStats sandboxes, StreamPodSandboxStats streamSandboxes,
            ListMetricDescriptors descriptors, ListPodSandboxMetrics metrics, StreamPodSandboxMetrics streamMetrics) {}

    private Stats(Layers layers, Calls calls) {
        this.layers = layers;
        this.calls = calls;
    }

    /** Makes the calls. They read, and change nothing. */
    public static Stats of(PodServices services, SandboxStore sandboxes, ContainerStore containers) {
        var clock = services.clock();
        var directory = services.snapshots().directory();
        var layers = new Layers(services.snapshots(), clock, PATIENCE);
        var usage = new ContainerUsage(sandboxes, new ContainerCgroups(services.cgroups()), layers, directory, clock);
        var interfaces = new PodInterfaces(services.config().state().resolve("sandboxes"));
        var pods = new PodUsage(containers, usage, interfaces, services.cgroups(), clock);
        var listed = new ListContainerStats(containers, usage);
        var listedPods = new ListPodSandboxStats(sandboxes, pods);
        var metrics = new ListPodSandboxMetrics(sandboxes, pods, interfaces, new ContainerMetricsReader(usage), directory, clock);
        return new Stats(layers, new Calls(new GetContainerStats(containers, usage), listed, new StreamContainerStats(listed),
                new GetPodSandboxStats(sandboxes, pods), listedPods, new StreamPodSandboxStats(listedPods), new ListMetricDescriptors(),
                metrics, new StreamPodSandboxMetrics(metrics)));
    }

    public Calls calls() {
        return calls;
    }

    /** Returns what all containers wrote together; waits a second at most. */
    public Layers.Layer written() {
        return layers.total();
    }

    @Override
    public void close() {
        layers.close();
    }
}

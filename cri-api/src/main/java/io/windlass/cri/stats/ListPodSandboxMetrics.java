package io.windlass.cri.stats;

import io.windlass.cri.sandbox.Sandbox;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.sandbox.SandboxState;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.v1.ListPodSandboxMetricsRequest;
import io.windlass.cri.v1.ListPodSandboxMetricsResponse;
import io.windlass.cri.v1.PodSandboxMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** Tells what the kubelet shows at /metrics/cadvisor: the metrics of sandboxes that are ready and of containers that run. */
public final class ListPodSandboxMetrics {
    private final SandboxStore sandboxes;
    private final PodUsage usage;
    private final PodInterfaces interfaces;
    private final ContainerMetricsReader containers;
    private final Path layerDirectory;
    private final InstantSource clock;

    ListPodSandboxMetrics(SandboxStore sandboxes, PodUsage usage, PodInterfaces interfaces, ContainerMetricsReader containers,
            Path layerDirectory, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.usage = usage;
        this.interfaces = interfaces;
        this.containers = containers;
        this.layerDirectory = layerDirectory;
        this.clock = clock;
    }

    public ListPodSandboxMetricsResponse call(ListPodSandboxMetricsRequest request) throws IOException {
        var response = ListPodSandboxMetricsResponse.newBuilder();
        all().forEach(response::addPodMetrics);
        return response.build();
    }

    /** Returns the metrics of all sandboxes, each when its turn comes. */
    Stream<PodSandboxMetrics> all() throws IOException {
        var ready = sandboxes.all().stream().map(Sandbox::record).filter(sandbox -> sandbox.state() == SandboxState.READY).toList();
        var own = usage.containersOf(ready);
        var networks = interfaces.of(ready);
        var disk = LayerDisk.of(layerDirectory);
        return ready.stream().map(sandbox -> {
            long now = Clocks.nanos(clock);
            var metrics = network(sandbox, networks.getOrDefault(sandbox.id(), List.of()), now);
            own.getOrDefault(sandbox.id(), List.of())
                    .forEach(container -> containers.of(container.record(), sandbox, disk, now).ifPresent(metrics::addContainerMetrics));
            return metrics.build();
        });
    }

    private static PodSandboxMetrics.Builder network(SandboxRecord sandbox, List<Interface> network, long now) {
        var list = new MetricList(now, Labels.of(sandbox));
        for (var one : network) {
            list.add(Family.NETWORK_RECEIVE_BYTES_TOTAL, one.received().bytes(), one.name())
                    .add(Family.NETWORK_RECEIVE_PACKETS_TOTAL, one.received().packets(), one.name())
                    .add(Family.NETWORK_RECEIVE_ERRORS_TOTAL, one.received().errors(), one.name())
                    .add(Family.NETWORK_RECEIVE_PACKETS_DROPPED_TOTAL, one.received().dropped(), one.name())
                    .add(Family.NETWORK_TRANSMIT_BYTES_TOTAL, one.sent().bytes(), one.name())
                    .add(Family.NETWORK_TRANSMIT_PACKETS_TOTAL, one.sent().packets(), one.name())
                    .add(Family.NETWORK_TRANSMIT_ERRORS_TOTAL, one.sent().errors(), one.name())
                    .add(Family.NETWORK_TRANSMIT_PACKETS_DROPPED_TOTAL, one.sent().dropped(), one.name());
        }
        return PodSandboxMetrics.newBuilder().setPodSandboxId(sandbox.id().value()).addAllMetrics(list.metrics());
    }
}

package io.windlass.cri.container;

import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.v1.LinuxPodSandboxStats;
import io.windlass.cri.v1.PodSandboxAttributes;
import io.windlass.cri.v1.PodSandboxStats;
import io.windlass.cri.v1.ProcessUsage;
import io.windlass.shim.cgroup.CgroupDriver;
import java.io.IOException;
import java.time.InstantSource;

/** What sandboxes use: the pod's cgroup, and that of each container. */
final class PodUsage {
    private final ContainerStore store;
    private final ContainerUsage containers;
    private final CgroupDriver cgroups;
    private final InstantSource clock;
    private final CpuRates rates = new CpuRates();

    PodUsage(ContainerStore store, ContainerUsage containers, CgroupDriver cgroups, InstantSource clock) {
        this.store = store;
        this.containers = containers;
        this.cgroups = cgroups;
        this.clock = clock;
    }

    PodSandboxStats of(SandboxRecord sandbox) {
        long now = Clocks.nanos(clock);
        var linux = LinuxPodSandboxStats.newBuilder();
        store.of(sandbox.id()).forEach(container -> linux.addContainers(containers.of(container)));
        try {
            var used = cgroups.cgroup(sandbox.cgroup().path()).stats();
            linux.setCpu(StatsMessages.cpu(used.cpu(), now, rates.of(sandbox.id(), used.cpu().usageNanos(), now)))
                    .setMemory(StatsMessages.memory(used.memory(), now)).setProcess(ProcessUsage.newBuilder().setTimestamp(now)
                            .setProcessCount(StatsMessages.value(used.pids().current())));
        } catch (IOException e) {
            rates.forget(sandbox.id()); // no container has run yet, or the pod's cgroup has gone
        }
        return PodSandboxStats.newBuilder().setAttributes(PodSandboxAttributes.newBuilder().setId(sandbox.id().value())
                .setMetadata(sandbox.config().getMetadata()).putAllLabels(sandbox.config().getLabelsMap())
                .putAllAnnotations(sandbox.config().getAnnotationsMap())).setLinux(linux).build();
    }
}

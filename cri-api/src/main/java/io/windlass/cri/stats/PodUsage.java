package io.windlass.cri.stats;

import io.windlass.cri.container.Container;
import io.windlass.cri.container.ContainerStore;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerStats;
import io.windlass.cri.v1.LinuxPodSandboxStats;
import io.windlass.cri.v1.PodSandboxAttributes;
import io.windlass.cri.v1.PodSandboxStats;
import io.windlass.cri.v1.ProcessUsage;
import io.windlass.shim.cgroup.CgroupDriver;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What sandboxes use: the pod's cgroup, its network interfaces, and what each container uses. */
final class PodUsage {
    private final ContainerStore store;
    private final ContainerUsage containers;
    private final PodInterfaces interfaces;
    private final CgroupDriver cgroups;
    private final InstantSource clock;
    private final CpuRates rates = new CpuRates();

    PodUsage(ContainerStore store, ContainerUsage containers, PodInterfaces interfaces, CgroupDriver cgroups, InstantSource clock) {
        this.store = store;
        this.containers = containers;
        this.interfaces = interfaces;
        this.cgroups = cgroups;
        this.clock = clock;
    }

    /** Returns what a sandbox uses, as fresh as can be had. */
    PodSandboxStats fresh(SandboxRecord sandbox) {
        var own = store.of(sandbox.id());
        var used = own.stream().map(containers::fresh);
        return stats(sandbox, used, interfaces.of(List.of(sandbox)).getOrDefault(sandbox.id(), List.of()));
    }

    /** Returns what these sandboxes use, each when its turn comes. */
    Stream<PodSandboxStats> of(Collection<SandboxRecord> sandboxes) {
        var own = containersOf(sandboxes);
        var networks = interfaces.of(sandboxes);
        return sandboxes.stream().map(sandbox -> stats(sandbox, own.getOrDefault(sandbox.id(), List.of()).stream().map(containers::of),
                networks.getOrDefault(sandbox.id(), List.of())));
    }

    /** Returns the containers of each sandbox, in one pass; lets what they wrote be found out, and forgets containers that are gone. */
    Map<ObjectId, List<Container>> containersOf(Collection<SandboxRecord> sandboxes) {
        var ids = sandboxes.stream().map(SandboxRecord::id).collect(Collectors.toSet());
        var all = store.all().stream().filter(container -> ids.contains(container.record().sandbox())).toList();
        containers.retain(store);
        containers.refresh(all);
        return all.stream().collect(Collectors.groupingBy(container -> container.record().sandbox()));
    }

    /** Forgets what was remembered of sandboxes that are gone. */
    void retain(Predicate<ObjectId> wanted) {
        rates.retain(wanted);
    }

    private PodSandboxStats stats(SandboxRecord sandbox, Stream<ContainerStats> used, List<Interface> network) {
        long now = Clocks.nanos(clock);
        var linux = LinuxPodSandboxStats.newBuilder();
        used.forEach(linux::addContainers);
        if (!network.isEmpty()) {
            linux.setNetwork(StatsMessages.network(network, now));
        }
        try {
            addCgroup(sandbox, linux, now);
        } catch (IOException e) {
            rates.forget(sandbox.id()); // no container has run yet, or the pod's cgroup has gone
        }
        return PodSandboxStats.newBuilder().setAttributes(PodSandboxAttributes.newBuilder().setId(sandbox.id().value())
                .setMetadata(sandbox.config().getMetadata()).putAllLabels(sandbox.config().getLabelsMap())
                .putAllAnnotations(sandbox.config().getAnnotationsMap())).setLinux(linux).build();
    }

    private void addCgroup(SandboxRecord sandbox, LinuxPodSandboxStats.Builder linux, long now) throws IOException {
        var cgroup = cgroups.cgroup(sandbox.cgroup().path());
        var used = cgroup.stats();
        var pressure = cgroup.pressure();
        long rate = rates.of(sandbox.id(), used.cpu().usageNanos(), now, sandbox.createdAt());
        linux.setCpu(StatsMessages.cpu(used.cpu(), now, rate, pressure)).setMemory(StatsMessages.memory(used.memory(), now, pressure))
                .setProcess(ProcessUsage.newBuilder().setTimestamp(now).setProcessCount(StatsMessages.value(cgroup.pids().size())));
        StatsMessages.io(now, pressure).ifPresent(linux::setIo);
    }
}

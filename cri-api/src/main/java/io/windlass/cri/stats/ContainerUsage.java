package io.windlass.cri.stats;

import io.windlass.cri.container.Container;
import io.windlass.cri.container.ContainerCgroups;
import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.ContainerRecord;
import io.windlass.cri.container.ContainerStore;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerAttributes;
import io.windlass.cri.v1.ContainerStats;
import io.windlass.cri.v1.FilesystemIdentifier;
import io.windlass.cri.v1.FilesystemUsage;
import io.windlass.shim.cgroup.Cgroup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;

/** What containers use: processor, memory and pressure from the cgroup, and what they wrote. */
final class ContainerUsage {
    private final SandboxStore sandboxes;
    private final ContainerCgroups cgroups;
    private final Layers layers;
    private final Path layerDirectory;
    private final InstantSource clock;
    private final CpuRates rates = new CpuRates();

    /** @param layerDirectory what clients take as the name of the file system that containers write to */
    ContainerUsage(SandboxStore sandboxes, ContainerCgroups cgroups, Layers layers, Path layerDirectory, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.cgroups = cgroups;
        this.layers = layers;
        this.layerDirectory = layerDirectory;
        this.clock = clock;
    }

    /** Lets what these containers wrote be found out, for the next {@link #of} and the ones after it. */
    void refresh(Collection<Container> containers) {
        layers.refresh(containers.stream().map(Container::id).toList());
    }

    /** Returns what a container uses, as fresh as can be had. */
    ContainerStats fresh(Container container) {
        layers.renew(container.id());
        return of(container);
    }

    /** Returns what a container uses; one that does not run has no processor and memory. */
    ContainerStats of(Container container) {
        var record = container.record();
        var config = record.config();
        long now = Clocks.nanos(clock);
        var stats = ContainerStats.newBuilder().setAttributes(ContainerAttributes.newBuilder().setId(record.id().value())
                .setMetadata(config.getMetadata()).putAllLabels(config.getLabelsMap()).putAllAnnotations(config.getAnnotationsMap()));
        layers.of(record.id()).ifPresent(layer -> stats.setWritableLayer(writableLayer(layer)));
        if (record.life() instanceof Running running) {
            var cgroup = cgroup(record);
            if (cgroup.isPresent()) {
                try {
                    var used = cgroup.get().stats();
                    long rate = rates.of(record.id(), used.cpu().usageNanos(), now, running.startedAt());
                    var pressure = cgroup.get().pressure();
                    stats.setCpu(StatsMessages.cpu(used.cpu(), now, rate, pressure))
                            .setMemory(StatsMessages.memory(used.memory(), now, pressure)).setSwap(StatsMessages.swap(used.memory(), now));
                    StatsMessages.io(now, pressure).ifPresent(stats::setIo);
                } catch (IOException e) {
                    rates.forget(record.id()); // it has ended meanwhile, and its cgroup has gone
                }
            }
        }
        return stats.build();
    }

    /** Returns the cgroup of a container whose sandbox is known. */
    Optional<Cgroup> cgroup(ContainerRecord container) {
        return sandboxes.get(container.sandbox()).map(sandbox -> cgroups.of(container.id(), sandbox.record()));
    }

    /** Returns what a container wrote, when that is known. */
    Optional<Layers.Layer> layer(ObjectId container) {
        return layers.of(container);
    }

    /** Forgets what was remembered of containers that are gone. */
    void retain(ContainerStore store) {
        layers.retain(id -> store.get(id).isPresent());
        rates.retain(id -> store.get(id).isPresent());
    }

    private FilesystemUsage writableLayer(Layers.Layer layer) {
        return FilesystemUsage.newBuilder().setTimestamp(layer.at())
                .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(layerDirectory.toString()))
                .setUsedBytes(StatsMessages.value(layer.usage().bytes())).setInodesUsed(StatsMessages.value(layer.usage().inodes()))
                .build();
    }
}

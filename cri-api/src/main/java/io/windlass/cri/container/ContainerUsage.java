package io.windlass.cri.container;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.sandbox.SandboxStore;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.v1.ContainerAttributes;
import io.windlass.cri.v1.ContainerStats;
import io.windlass.cri.v1.FilesystemIdentifier;
import io.windlass.cri.v1.FilesystemUsage;
import io.windlass.cri.v1.UInt64Value;
import io.windlass.shim.cgroup.CgroupStats;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.snapshot.Snapshotter;
import io.windlass.snapshotter.snapshot.Usage;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What containers use: processor and memory from the cgroup, and what they wrote. The walk over what was written is repeated at most every ten
 * seconds a container.
 */
final class ContainerUsage {
    private static final long LAYER_NANOS = 10_000_000_000L;

    private final SandboxStore sandboxes;
    private final ContainerParts parts;
    private final Snapshotter snapshots;
    private final InstantSource clock;
    private final CpuRates rates = new CpuRates();
    private final ConcurrentHashMap<ObjectId, Layer> layers = new ConcurrentHashMap<>();

    private record Layer(long at, Usage usage) {}

    ContainerUsage(SandboxStore sandboxes, ContainerParts parts, Snapshotter snapshots, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.parts = parts;
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /** Returns what a container uses; one that does not run has no processor and memory. */
    ContainerStats of(Container container) {
        var record = container.record();
        var config = record.config();
        long now = Clocks.nanos(clock);
        var stats = ContainerStats.newBuilder().setAttributes(ContainerAttributes.newBuilder().setId(record.id().value())
                .setMetadata(config.getMetadata()).putAllLabels(config.getLabelsMap()).putAllAnnotations(config.getAnnotationsMap()))
                .setWritableLayer(layer(record.id(), now));
        if (record.life() instanceof Running) {
            sandboxes.get(record.sandbox()).ifPresent(sandbox -> {
                try {
                    CgroupStats used = parts.cgroup(record, sandbox.record()).stats();
                    stats.setCpu(StatsMessages.cpu(used.cpu(), now, rates.of(record.id(), used.cpu().usageNanos(), now)))
                            .setMemory(StatsMessages.memory(used.memory(), now)).setSwap(StatsMessages.swap(used.memory(), now));
                } catch (IOException e) {
                    rates.forget(record.id()); // it has ended meanwhile, and its cgroup has gone
                }
            });
        }
        return stats.build();
    }

    /** Forgets what was remembered of containers that are gone. */
    void retain(ContainerStore store) {
        layers.keySet().removeIf(id -> store.get(id).isEmpty());
        rates.retain(id -> store.get(id).isPresent());
    }

    private FilesystemUsage layer(ObjectId id, long now) {
        var known = layers.get(id);
        if (known == null || now - known.at() > LAYER_NANOS) {
            try {
                known = new Layer(now, snapshots.usage(id.value()));
                layers.put(id, known);
            } catch (ImageException e) {
                known = new Layer(now, Usage.NONE);
            }
        }
        return FilesystemUsage.newBuilder().setTimestamp(known.at())
                .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(snapshots.directory().toString()))
                .setUsedBytes(UInt64Value.newBuilder().setValue(known.usage().bytes()))
                .setInodesUsed(UInt64Value.newBuilder().setValue(known.usage().inodes())).build();
    }
}

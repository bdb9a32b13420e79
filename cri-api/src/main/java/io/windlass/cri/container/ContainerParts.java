package io.windlass.cri.container;

import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.store.ObjectId;
import io.windlass.cri.store.Retries;
import io.windlass.cri.store.Trees;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.spec.ContainerSpec;
import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a container is made of before it runs, made and taken back: snapshot, volumes, directories and record. */
final class ContainerParts {
    private final Path root;
    private final Path state;
    private final ContainerStore store;
    private final Snapshotter snapshots;
    private final ContainerSpecs specs;
    private final ContainerCgroups cgroups;
    private final Retries retries;

    ContainerParts(Path root, Path state, ContainerStore store, Snapshotter snapshots, ContainerSpecs specs, ContainerCgroups cgroups,
            Retries retries) {
        this.root = root;
        this.state = state;
        this.store = store;
        this.snapshots = snapshots;
        this.specs = specs;
        this.cgroups = cgroups;
        this.retries = retries;
    }

    ContainerPaths paths(ObjectId id) {
        return ContainerPaths.of(root, state, id);
    }

    /** Returns the directory of the volatile state of all containers. */
    Path states() {
        return state.resolve("containers");
    }

    /** Removes the directories of containers that have no record. */
    void removeLeft() throws IOException {
        for (var parent : List.of(root.resolve("containers"), states())) {
            for (var left : store.left(parent)) {
                Trees.delete(left);
            }
        }
    }

    /** Returns the container's cgroup, whether it exists or not. */
    Cgroup cgroup(ContainerRecord container, SandboxRecord sandbox) {
        return cgroups.of(container.id(), sandbox);
    }

    /** Returns the specification for what is not a start: that of its creation or start, built again where that is not kept. */
    ContainerSpec described(Container container, SandboxRecord sandbox) throws IOException {
        var kept = container.spec();
        var record = container.record();
        return kept != null ? kept : specs.describe(record, sandbox, paths(record.id()), cgroup(record, sandbox));
    }

    /** Returns the specification by which the container is started: that of its creation, unless that no longer holds. */
    ContainerSpec spec(Container container, SandboxRecord sandbox) throws IOException {
        var kept = container.spec();
        return kept != null && specs.holds(kept, container.record(), sandbox) ? kept : spec(container.record(), sandbox);
    }

    private ContainerSpec spec(ContainerRecord container, SandboxRecord sandbox) throws IOException {
        return specs.build(container, sandbox, paths(container.id()), cgroup(container, sandbox));
    }

    /**
     * Makes everything; the container is in the store afterwards. After a failure nothing is left, or nothing as soon as it can be removed.
     *
     * @param added called with the container's lock, before anybody else can change it
     */
    Container create(ContainerRecord container, SandboxRecord sandbox, Runnable added) throws IOException {
        var chain = new ChainId(Digest.parse(container.image().chainId()));
        var paths = paths(container.id());
        try {
            Files.createDirectories(paths.volatileState());
            snapshots.prepare(container.id().value(), chain);
            ImageMounts.create(container, snapshots);
            ImageVolumes.create(container, paths, snapshots.view(chain));
            LocalSeccomp.copy(container, paths);
            var spec = spec(container, sandbox); // refuses what cannot work, and so comes before the record
            return store.add(container, created -> {
                created.keep(spec);
                added.run();
            });
        } catch (IOException | RuntimeException e) {
            try {
                discard(container);
            } catch (IOException | RuntimeException second) {
                e.addSuppressed(second);
                retries.later("take back container " + container.id(), () -> discard(container));
            }
            throw e;
        }
    }

    /** Takes everything back but the record. Repeatable. */
    void discard(ContainerRecord container) throws IOException {
        var paths = paths(container.id());
        ImageMounts.remove(container, snapshots);
        snapshots.remove(container.id().value());
        Trees.delete(paths.durable());
        Trees.delete(paths.volatileState());
    }
}

package io.windlass.cri.container;

import io.windlass.cni.PodNetwork;
import io.windlass.cri.config.Config;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.snapshot.Snapshotter;
import java.time.InstantSource;

/** What pods are made with. It is not closed with them. */
public record PodServices(Config config, Images images, Snapshotter snapshots, PodNetwork network, CgroupDriver cgroups,
        InstantSource clock) {}

package io.windlass.cri.server;

import io.windlass.cri.config.Config;
import io.windlass.cri.container.PodServices;
import io.windlass.cri.container.Pods;
import io.windlass.cri.stats.Stats;
import io.windlass.shim.cgroup.CgroupDriver;
import io.windlass.snapshotter.image.ImageOptions;
import io.windlass.snapshotter.image.Images;
import io.windlass.snapshotter.image.LocalImages;
import io.windlass.snapshotter.oci.Platform;
import io.windlass.snapshotter.snapshot.OverlaySnapshotter;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * What the services are made of.
 *
 * @param images the node's images
 * @param networking the pods' network
 * @param pods sandboxes and containers
 * @param stats what they use
 * @param streams the calls that hand out URLs
 */
record Parts(Images images, Networking networking, Pods pods, Stats stats, StreamCalls streams) {

    /** Opens all parts, with what an earlier daemon left running; {@code closing} closes them. */
    static Parts open(Config config, Closing closing) throws IOException {
        var snapshots = OverlaySnapshotter.open(config.root().resolve("snapshots"));
        var images = closing.add(LocalImages.open(config.root(), snapshots, imageOptions(config)));
        var networking = Networking.open(config, closing);
        var services = new PodServices(config, images, snapshots, networking.network(), CgroupDriver.detect(), InstantSource.system());
        var pods = closing.add(Pods.open(services));
        var stats = closing.add(Stats.of(services, pods.sandboxStore(), pods.containerStore()));
        return new Parts(images, networking, pods, stats, StreamCalls.open(config.stream(), pods, closing));
    }

    /** How images are pulled. The directory of hosts.toml files need not be there yet. */
    static ImageOptions imageOptions(Config config) {
        var registry = config.registry();
        return new ImageOptions(registry.configPath(), Platform.host(), registry.maxConcurrentDownloads(),
                Duration.ofSeconds(registry.progressTimeoutSeconds()), Set.copyOf(registry.pinnedImages()));
    }
}

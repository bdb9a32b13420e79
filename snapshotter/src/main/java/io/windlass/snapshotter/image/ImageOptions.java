package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.Platform;
import io.windlass.snapshotter.oci.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How images are pulled.
 *
 * @param hosts a certs.d directory with a hosts.toml for each registry, or null for none
 * @param platform what images must run on
 * @param parallelLayers layers of one pull that are fetched and unpacked at a time, at least 1
 * @param stall how long a registry may send nothing before it is given up
 * @param pinned references whose images are reported as pinned
 */
public record ImageOptions(@Nullable Path hosts, Platform platform, int parallelLayers, Duration stall, Set<Reference> pinned) {

    public ImageOptions {
        pinned = Set.copyOf(pinned);
    }

    /** Returns the defaults: this machine's platform, three layers at a time, and 30 seconds of silence. */
    public static ImageOptions defaults() {
        return new ImageOptions(null, Platform.host(), 3, Duration.ofSeconds(30), Set.of());
    }
}

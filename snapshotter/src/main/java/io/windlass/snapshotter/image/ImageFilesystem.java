package io.windlass.snapshotter.image;

import io.windlass.snapshotter.snapshot.Usage;
import java.nio.file.Path;

/**
 * Where images live and what they take, for CRI's ImageFsInfo. Writable layers, which are there too, are the caller's to count.
 *
 * @param mountpoint a directory on that file system, which resolves on the host
 * @param layers what all committed snapshots take
 */
public record ImageFilesystem(Path mountpoint, Usage layers) {}

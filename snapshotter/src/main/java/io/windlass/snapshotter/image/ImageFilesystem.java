package io.windlass.snapshotter.image;

import io.windlass.snapshotter.snapshot.Usage;
import java.nio.file.Path;

/**
 * Where images live and what they take, for CRI's ImageFsInfo.
 *
 * @param mountpoint a directory on that file system, which resolves on the host
 * @param used what all snapshots take
 */
public record ImageFilesystem(Path mountpoint, Usage used) {}

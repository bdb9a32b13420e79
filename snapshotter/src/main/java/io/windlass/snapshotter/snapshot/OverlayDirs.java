package io.windlass.snapshotter.snapshot;

import java.nio.file.Path;
import java.util.List;

/**
 * What an overlay is mounted from. All but {@code base} is relative to it and short, so that many layers fit into the one page of mount options:
 * change to {@code base}, then mount with {@code lowerdir=} the lowers joined by colons. See the kernel's overlayfs.rst.
 *
 * @param base an absolute directory
 * @param lowers read-only layers, the top first; at least one
 * @param upper the writable layer, or empty for a read-only view
 * @param work overlayfs's own scratch directory on the same file system, or empty for a read-only view
 */
public record OverlayDirs(Path base, List<String> lowers, String upper, String work) {

    public OverlayDirs {
        lowers = List.copyOf(lowers);
    }
}

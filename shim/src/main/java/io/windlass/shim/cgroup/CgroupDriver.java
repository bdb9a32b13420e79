package io.windlass.shim.cgroup;

import java.io.IOException;

/**
 * Gives cgroups by their path, directly in the cgroup file systems. Without state: a cgroup made by an earlier daemon is reached by the same
 * path.
 */
public final class CgroupDriver {
    private final CgroupLayout layout;

    private CgroupDriver(CgroupLayout layout) {
        this.layout = layout;
    }

    /** Finds out which hierarchies are mounted. */
    public static CgroupDriver detect() throws IOException {
        return new CgroupDriver(CgroupLayout.detect());
    }

    /** Tells whether limits are set through cgroup v2. */
    public boolean isV2() {
        return !layout.isV1();
    }

    /** Returns the cgroup of this path, whether it exists or not. */
    public Cgroup cgroup(CgroupPath path) {
        return layout.isV1() ? new CgroupV1(layout, path) : new CgroupV2(layout.unified().orElseThrow(), path);
    }

    /** As {@link #cgroup(CgroupPath)}; IllegalArgumentException for a path that is none. */
    public Cgroup cgroup(String path) {
        return cgroup(new CgroupPath(path));
    }
}

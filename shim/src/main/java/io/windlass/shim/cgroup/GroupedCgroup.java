package io.windlass.shim.cgroup;

import java.io.IOException;
import java.util.List;

/** What the cgroups of both versions do alike: through the one directory in which all their processes are. */
abstract sealed class GroupedCgroup implements Cgroup permits CgroupV1, CgroupV2 {
    private final CgroupPath path;
    private final KillGroup group;

    GroupedCgroup(CgroupPath path, KillGroup group) {
        this.path = path;
        this.group = group;
    }

    @Override
    public final CgroupPath path() {
        return path;
    }

    final KillGroup group() {
        return group;
    }

    @Override
    public final boolean exists() throws IOException {
        return CgroupTree.exists(group.directory());
    }

    @Override
    public final List<Integer> pids() throws IOException {
        return CgroupTree.pids(group.directory());
    }

    @Override
    public final void freeze() throws IOException {
        group.freeze();
    }

    @Override
    public final void thaw() throws IOException {
        group.thaw();
    }

    @Override
    public final void kill() throws IOException {
        group.kill();
    }
}

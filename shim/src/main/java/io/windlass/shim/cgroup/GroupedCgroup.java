package io.windlass.shim.cgroup;

import io.windlass.shim.spec.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What the cgroups of both versions do alike: through the one directory in which all their processes are. */
abstract sealed class GroupedCgroup implements Cgroup permits CgroupV1, CgroupV2 {
    private static final AtomicLong SUBS = new AtomicLong();

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

    /** Makes a directory inside that was not there before. */
    final KillGroup newChild(String prefix) throws IOException {
        List<Path> made = new ArrayList<>();
        KillGroup child = group;
        while (made.isEmpty()) {
            child = group.child(prefix + SUBS.incrementAndGet());
            CgroupTree.make(group.directory(), child.directory(), made);
        }
        return child;
    }

    @Override
    public final Resources change(Resources resources) throws IOException {
        Resources before = limits(resources);
        try {
            apply(resources);
            return before;
        } catch (IOException | RuntimeException e) {
            try {
                apply(before); // some may have been set before the one that was refused
            } catch (IOException | RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** Reads what now stands where {@code change} would be written. */
    abstract Resources limits(Resources change) throws IOException;

    @Override
    public final boolean exists() throws IOException {
        return CgroupTree.exists(group.directory());
    }

    @Override
    public final List<Integer> pids() throws IOException {
        return CgroupTree.pids(group.directory());
    }

    @Override
    public final List<ExecGroup> subs(String prefix) throws IOException {
        List<ExecGroup> subs = new ArrayList<>();
        for (Path directory : CgroupTree.children(group.directory())) {
            String name = directory.getFileName().toString();
            if (name.startsWith(prefix)) {
                KillGroup child = group.child(name);
                subs.add(new ExecGroup(child, List.of(child.joinFile())));
            }
        }
        return subs;
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

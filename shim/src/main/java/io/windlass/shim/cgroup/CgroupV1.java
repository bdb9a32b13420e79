package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.spec.MountSpec.CgroupView;
import io.windlass.shim.spec.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A cgroup in the hierarchies of v1 that are in use and, where it is mounted, in cgroup2, which then kills and tells of the last exit. */
final class CgroupV1 extends GroupedCgroup {
    private final CgroupLayout layout;

    CgroupV1(CgroupLayout layout, CgroupPath path) {
        super(path, group(layout, path));
        this.layout = layout;
    }

    private static KillGroup group(CgroupLayout layout, CgroupPath path) {
        return layout.unified().<KillGroup>map(mount -> new UnifiedGroup(path.under(mount))).orElseGet(() -> {
            Hierarchy freezer = layout.of("freezer")
                    .orElseThrow(() -> new IllegalStateException("neither cgroup2 nor the v1 freezer is mounted"));
            return new FreezerGroup(path.under(freezer.mount()));
        });
    }

    @Override
    public List<CgroupPath> create() throws IOException {
        List<Path> made = new ArrayList<>();
        Set<CgroupPath> parents = new LinkedHashSet<>();
        try {
            for (Path mount : mounts()) {
                int before = made.size();
                CgroupTree.make(mount, path().under(mount), made);
                for (Path directory : made.subList(before, made.size())) {
                    CgroupPath parent = new CgroupPath("/" + mount.relativize(directory));
                    if (!parent.equals(path())) {
                        parents.add(parent);
                    }
                }
            }
            Optional<Hierarchy> cpuset = layout.of("cpuset");
            if (cpuset.isPresent()) {
                Cpuset.inherit(cpuset.get().mount(), path().under(cpuset.get().mount()));
            }
            return List.copyOf(parents);
        } catch (IOException | RuntimeException e) {
            CgroupTree.undo(made, e);
            throw e;
        }
    }

    /** Where the cgroup has a directory: the one that tells of exits comes last, for it is the sign that all are there. */
    private List<Path> mounts() {
        List<Path> mounts = new ArrayList<>();
        layout.hierarchies().forEach(h -> mounts.add(h.mount()));
        layout.unified().ifPresent(mounts::add);
        return mounts;
    }

    private Path directory(String controller) throws ErrnoException {
        Hierarchy hierarchy = layout.of(controller).orElse(null);
        if (hierarchy == null) {
            throw new ErrnoException("cgroup controller " + controller + " is not mounted", Errno.ENOENT);
        }
        return path().under(hierarchy.mount());
    }

    @Override
    public void apply(Resources resources) throws IOException {
        new ApplyV1(layout, path()).apply(resources);
    }

    @Override
    Resources limits(Resources change) throws IOException {
        return new ApplyV1(layout, path()).limits(change);
    }

    @Override
    public List<Path> joinFiles() {
        List<Path> files = v1JoinFiles();
        layout.unified().ifPresent(mount -> files.add(group().joinFile()));
        return files;
    }

    private List<Path> v1JoinFiles() {
        List<Path> files = new ArrayList<>();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            files.add(path().under(hierarchy.mount()).resolve("tasks"));
        }
        return files;
    }

    @Override
    public List<CgroupView> views(boolean hosts) {
        List<CgroupView> views = new ArrayList<>();
        for (Hierarchy hierarchy : layout.hierarchies()) {
            if (hierarchy.controllers().equals(List.of(CgroupLayout.BLKIO))) {
                continue; // that is only measured, and each view costs a mount
            }
            views.add(new CgroupView(hierarchy.name(), path().under(hierarchy.mount())));
        }
        return views;
    }

    @Override
    public CgroupStats stats() throws IOException {
        return StatsV1.read(directory("cpuacct"), directory("cpu"), directory("memory"), directory("pids"));
    }

    @Override
    public CgroupDetail detail() throws IOException {
        return DetailV1.read(directory("cpu"), directory("memory"), layout.of("hugetlb").map(h -> path().under(h.mount())),
                layout.of(CgroupLayout.BLKIO).map(h -> path().under(h.mount())));
    }

    @Override
    public Optional<Pressure.All> pressure() throws IOException {
        return layout.unified().isPresent() ? Pressure.read(group().directory()) : Optional.empty();
    }

    @Override
    public long oomKills() throws IOException {
        try {
            return ControlFile.keyed(ControlFile.read(directory("memory"), "memory.oom_control"), "oom_kill", 0);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENODEV) {
                return 0;
            }
            throw e;
        }
    }

    @Override
    public ExecGroup sub(String prefix) throws IOException {
        CgroupPath.requireName(prefix, prefix);
        KillGroup child = newChild(prefix);
        List<Path> files = v1JoinFiles();
        Optional<Path> blkio = layout.of(CgroupLayout.BLKIO).map(h -> path().under(h.mount()));
        if (blkio.isPresent() && !CgroupTree.exists(blkio.get())) { // an earlier daemon made the others without it
            files.remove(blkio.get().resolve("tasks"));
        }
        files.remove(group().joinFile());
        files.add(child.joinFile());
        return new ExecGroup(child, files);
    }

    @Override
    public void delete(Duration timeout) throws IOException {
        Removal.remove(group(), mounts().stream().map(path()::under).toList(), path().value(), timeout);
    }
}

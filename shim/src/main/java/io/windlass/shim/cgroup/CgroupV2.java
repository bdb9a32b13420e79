package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.spec.MountSpec.CgroupView;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cgroup of v2. See the kernel's cgroup-v2.rst. */
final class CgroupV2 extends GroupedCgroup {
    private final Path mount;
    private final Path directory;

    CgroupV2(Path mount, CgroupPath path) {
        super(path, new UnifiedGroup(path.under(mount)));
        this.mount = mount;
        this.directory = group().directory();
    }

    @Override
    public List<CgroupPath> create() throws IOException {
        List<Path> made = new ArrayList<>();
        try {
            CgroupTree.make(mount, directory, made);
            Controllers.enable(mount, CgroupTree.parent(directory));
        } catch (IOException | RuntimeException e) {
            CgroupTree.undo(made, e);
            throw e;
        }
        made.remove(directory);
        return made.stream().map(parent -> new CgroupPath("/" + mount.relativize(parent))).toList();
    }

    @Override
    public void apply(Resources resources) throws IOException {
        Long limit = resources.memory().limit();
        if (limit != null && limit >= 0) {
            requireRoom(limit);
        }
        for (Setting setting : SettingsV2.of(resources)) {
            write(setting);
        }
        if (!resources.devices().isEmpty()) {
            DeviceGuard.set(directory, resources.devices());
        }
    }

    /** Each file as it is. A limit of memory is given as such too: by the time it is set again it may be below what is in use. */
    @Override
    Resources limits(Resources change) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (Setting setting : SettingsV2.of(change)) {
            Optional<String> text = text(setting.file());
            if (text.isPresent()) {
                files.put(setting.file(), text.get());
            }
        }
        String most = files.getOrDefault("memory.max", "max");
        Memory memory = most.startsWith("max") ? Memory.NONE : new Memory(Long.valueOf(most.strip()), null, null);
        return new Resources(memory, Cpu.NONE, null, List.of(), Map.of(), files);
    }

    /** Empty for one that is only written, or missing. */
    private Optional<String> text(String file) throws IOException {
        try {
            return Optional.of(new String(ControlFile.read(directory, file), StandardCharsets.UTF_8));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The kernel would take a limit below what is in use, and kill for it. */
    private void requireRoom(long limit) throws IOException {
        long used = ControlFile.number(directory, "memory.current", 0);
        if (used > limit) {
            throw new ErrnoException("write \"" + limit + "\" to " + directory + "/memory.max (" + used + " bytes are in use)",
                    Errno.EBUSY);
        }
    }

    private void write(Setting setting) throws IOException {
        try {
            ControlFile.write(directory, setting.file(), setting.value());
        } catch (ErrnoException e) {
            // a kubelet names every page size, also where the controller is missing; a kernel without swap has no file for it
            boolean optional = setting.controller().equals("hugetlb") || setting.file().equals("memory.swap.max");
            if (!optional || e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    @Override
    public List<Path> joinFiles() {
        return List.of(group().joinFile());
    }

    @Override
    public List<CgroupView> views(boolean hosts) {
        return List.of(new CgroupView("", hosts ? mount : directory));
    }

    @Override
    public CgroupStats stats() throws IOException {
        return StatsV2.read(directory);
    }

    @Override
    public CgroupDetail detail() throws IOException {
        return DetailV2.read(directory);
    }

    @Override
    public Optional<Pressure.All> pressure() throws IOException {
        return Pressure.read(directory);
    }

    @Override
    public long oomKills() throws IOException {
        try {
            return ControlFile.keyed(ControlFile.read(directory, "memory.events"), "oom_kill", 0);
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
        return new ExecGroup(child, List.of(child.joinFile()));
    }

    @Override
    public void delete(Duration timeout) throws IOException {
        Removal.remove(group(), List.of(directory), path().value(), timeout);
    }
}

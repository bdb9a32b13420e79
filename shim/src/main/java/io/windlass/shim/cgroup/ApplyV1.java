package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the settings of v1, and reads them back. A run of values for one file, as device rules are, goes through one descriptor. */
final class ApplyV1 {
    private final CgroupLayout layout;
    private final CgroupPath path;

    ApplyV1(CgroupLayout layout, CgroupPath path) {
        this.layout = layout;
        this.path = path;
    }

    void apply(Resources resources) throws IOException {
        List<Setting> settings = SettingsV1.of(resources, current(resources.memory()));
        for (int at = 0; at < settings.size();) {
            int end = at + 1;
            while (end < settings.size() && settings.get(end).file().equals(settings.get(at).file())) {
                end++;
            }
            write(settings.subList(at, end));
            at = end;
        }
    }

    /** Reads what now stands where {@code change} would be written. Quota and period go together: to set the one may cost the other. */
    Resources limits(Resources change) throws IOException {
        Cpu cpu = change.cpu();
        boolean time = cpu.quota() != null || cpu.period() != null;
        Map<String, Long> pages = new LinkedHashMap<>();
        if (layout.of("hugetlb").isPresent()) {
            for (String size : change.hugepageLimits().keySet()) {
                pages.put(size, number("hugetlb", "hugetlb." + size + ".limit_in_bytes"));
            }
        }
        Cpu before = new Cpu(cpu.shares() == null ? null : number("cpu", "cpu.shares"), time ? number("cpu", "cpu.cfs_quota_us") : null,
                time ? number("cpu", "cpu.cfs_period_us") : null, cpu.cpus().isEmpty() ? "" : list("cpuset.cpus"),
                cpu.mems().isEmpty() ? "" : list("cpuset.mems"));
        return new Resources(limits(change.memory()), before, change.pidsLimit() == null ? null : number("pids", "pids.max"), List.of(),
                pages, Map.of());
    }

    private Memory limits(Memory change) throws IOException {
        Long reservation = change.reservation() == null ? null : number("memory", "memory.soft_limit_in_bytes");
        if (change.limit() == null && change.swap() == null) {
            return new Memory(null, null, reservation);
        }
        SettingsV1.Current now = current(change);
        return new Memory(now.memory(), now.countsSwap() ? now.memoryAndSwap() : null, reservation);
    }

    private long number(String controller, String file) throws IOException {
        return ControlFile.number(directory(controller, file), file);
    }

    private String list(String file) throws IOException {
        return ControlFile.text(directory("cpuset", file), file);
    }

    /** Reads the limits of memory only where they are to change. */
    private SettingsV1.Current current(Memory memory) throws IOException {
        Optional<Hierarchy> hierarchy = layout.of("memory");
        if (hierarchy.isEmpty() || memory.limit() == null && memory.swap() == null) {
            return SettingsV1.Current.UNLIMITED;
        }
        Path directory = path.under(hierarchy.get().mount());
        long limit = StatsV1.limit(ControlFile.number(directory, "memory.limit_in_bytes"));
        return new SettingsV1.Current(limit, StatsV1.limit(ControlFile.number(directory, "memory.memsw.limit_in_bytes", 0)));
    }

    private void write(List<Setting> run) throws IOException {
        Setting first = run.getFirst();
        if (first.controller().equals("hugetlb") && layout.of("hugetlb").isEmpty()) {
            return; // a kubelet names every page size of the machine, also where the controller is missing
        }
        Path directory = directory(first.controller(), first.file());
        try (Fd fd = ControlFile.open(directory, first.file(), Fcntl.O_WRONLY)) {
            for (Setting setting : run) {
                write(fd, directory, setting);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT || !HugePageFiles.isForReserved(first.file())) {
                throw e;
            }
        }
    }

    private Path directory(String controller, String file) throws ErrnoException {
        Optional<Hierarchy> hierarchy = layout.of(controller);
        if (hierarchy.isEmpty()) {
            throw new ErrnoException("cgroup controller " + controller + " is not mounted, needed for " + file, Errno.ENOENT);
        }
        return path.under(hierarchy.get().mount());
    }

    private void write(Fd fd, Path directory, Setting setting) throws IOException {
        try {
            ControlFile.write(fd, directory, setting.file(), setting.value());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EINVAL && setting.file().equals("cpu.cfs_period_us")) {
                // with the old quota, the new period would be more than the parent gives; the new quota comes next
                ControlFile.write(directory, "cpu.cfs_quota_us", "-1");
                ControlFile.write(fd, directory, setting.file(), setting.value());
                return;
            }
            if (e.errno() == Errno.EBUSY && setting.controller().equals("memory")) {
                long used = ControlFile.number(directory, "memory.usage_in_bytes");
                throw new ErrnoException(e.call() + " (" + used + " bytes are in use)", Errno.EBUSY);
            }
            throw e;
        }
    }
}

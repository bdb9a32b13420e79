package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.spec.Resources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes the settings of v1. A run of values for one file, as device rules are, goes through one descriptor. */
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

    /** Reads the limits of memory only where they are to change. */
    private SettingsV1.Current current(Resources.Memory memory) throws IOException {
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
        Optional<Hierarchy> hierarchy = layout.of(first.controller());
        if (hierarchy.isEmpty()) {
            if (first.controller().equals("hugetlb")) {
                return; // a kubelet names every page size of the machine, also where the controller is missing
            }
            throw new ErrnoException("cgroup controller " + first.controller() + " is not mounted, needed for " + first.file(),
                    Errno.ENOENT);
        }
        Path directory = path.under(hierarchy.get().mount());
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

package io.windlass.shim.cgroup;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.MountPoint;
import io.windlass.shim.linux.Mounts;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which hierarchies this machine has, and which of them a container is put into: on v1 only those that limit or measure, for each costs 60 us
 * a container; a cgroup2 mount beside them, although without controllers, for its kill file and its events.
 *
 * @param hierarchies of v1, those that are used; empty on v2
 * @param unified where cgroup2 is mounted
 */
record CgroupLayout(List<Hierarchy> hierarchies, Optional<Path> unified) {
    static final String BLKIO = "blkio";
    private static final List<String> WANTED = List.of("cpu", "cpuacct", "cpuset", "memory", "devices", "pids", "hugetlb", BLKIO);
    private static final String FREEZER = "freezer";

    CgroupLayout {
        hierarchies = List.copyOf(hierarchies);
        if (hierarchies.isEmpty() && unified.isEmpty()) {
            throw new IllegalArgumentException("no cgroup hierarchy is mounted; mount cgroup2 on /sys/fs/cgroup");
        }
    }

    /** Looks at this machine. */
    static CgroupLayout detect() throws IOException {
        try (Fd fd = Syscall.open("/proc/cgroups", Fcntl.O_RDONLY, 0)) {
            return of(Mounts.self(), controllers(new String(fd.readAll(65_536), StandardCharsets.US_ASCII)));
        }
    }

    /** Returns the names in the first column of /proc/cgroups. */
    static Set<String> controllers(String procCgroups) {
        Set<String> names = new HashSet<>();
        for (String line : procCgroups.split("\n")) {
            int tab = line.indexOf('\t');
            if (tab > 0 && !line.startsWith("#")) {
                names.add(line.substring(0, tab));
            }
        }
        return names;
    }

    static CgroupLayout of(List<MountPoint> mounts, Set<String> controllers) {
        List<Hierarchy> v1 = new ArrayList<>();
        Optional<Path> unified = Optional.empty();
        Set<String> seen = new HashSet<>();
        for (MountPoint mount : mounts) {
            if (mount.type().equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(Path.of(mount.path()));
            } else if (mount.type().equals("cgroup")) {
                List<String> bound = new ArrayList<>();
                for (String option : mount.superOptions().split(",")) {
                    if (controllers.contains(option) && seen.add(option)) {
                        bound.add(option);
                    }
                }
                v1.add(new Hierarchy(Path.of(mount.path()), bound));
            }
        }
        boolean kills = unified.isPresent();
        List<Hierarchy> used = v1.stream().filter(h -> h.controllers().stream().anyMatch(c -> isUsed(c, kills))).toList();
        boolean limits = used.stream().anyMatch(h -> h.controllers().contains("memory") || h.controllers().contains("cpu"));
        return new CgroupLayout(limits || unified.isEmpty() ? used : List.of(), unified);
    }

    private static boolean isUsed(String controller, boolean kills) {
        return WANTED.contains(controller) || controller.equals(FREEZER) && !kills;
    }

    boolean isV1() {
        return !hierarchies.isEmpty();
    }

    Optional<Hierarchy> of(String controller) {
        for (Hierarchy hierarchy : hierarchies) {
            if (hierarchy.controllers().contains(controller)) {
                return Optional.of(hierarchy);
            }
        }
        return Optional.empty();
    }
}

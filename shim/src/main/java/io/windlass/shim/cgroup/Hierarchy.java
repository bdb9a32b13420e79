package io.windlass.shim.cgroup;

import java.nio.file.Path;
import java.util.List;

/**
 * A mounted hierarchy of cgroup v1.
 *
 * @param mount where it is mounted
 * @param controllers those bound to it, for example {@code cpu} and {@code cpuacct}
 */
record Hierarchy(Path mount, List<String> controllers) {
    Hierarchy {
        controllers = List.copyOf(controllers);
    }

    /** Returns the name under /sys/fs/cgroup. */
    String name() {
        return mount.getFileName().toString();
    }
}

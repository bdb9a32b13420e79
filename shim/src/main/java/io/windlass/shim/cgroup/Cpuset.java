package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** A new cgroup of the v1 cpuset has no CPU and no memory node, and takes no process until it has. See cpuset(7). */
final class Cpuset {
    private Cpuset() {}

    /** Gives the directory, and those above it up to the mount, what their parents have, where they have nothing. */
    static void inherit(Path mount, Path directory) throws IOException {
        for (String file : new String[]{"cpuset.cpus", "cpuset.mems"}) {
            inherit(mount, directory, file);
        }
    }

    private static String inherit(Path mount, Path directory, String file) throws IOException {
        String value = ControlFile.text(directory, file);
        if (value.isEmpty() && !directory.equals(mount)) {
            value = inherit(mount, CgroupTree.parent(directory), file);
            ControlFile.write(directory, file, value);
        }
        return value;
    }
}

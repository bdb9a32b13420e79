package io.windlass.shim.cgroup;

import io.windlass.shim.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Hands the controllers of v2 down from the root. See the kernel's cgroup-v2.rst, "Controlling Controllers". */
final class Controllers {
    private static final List<String> WANTED = List.of("cpuset", "cpu", "io", "memory", "hugetlb", "pids");

    private Controllers() {}

    /** Makes what the directory's own parents have available in its children too. */
    static void enable(Path mount, Path directory) throws IOException {
        if (!directory.equals(mount)) {
            enable(mount, CgroupTree.parent(directory));
        }
        List<String> available = words(directory, "cgroup.controllers");
        List<String> enabled = words(directory, "cgroup.subtree_control");
        List<String> missing = WANTED.stream().filter(c -> available.contains(c) && !enabled.contains(c)).toList();
        if (missing.isEmpty()) {
            return;
        }
        try {
            ControlFile.write(directory, "cgroup.subtree_control", "+" + String.join(" +", missing));
        } catch (ErrnoException e) {
            for (String controller : missing) { // one that the kernel refuses must not cost the others
                enable(directory, controller, e);
            }
        }
    }

    private static void enable(Path directory, String controller, ErrnoException all) throws IOException {
        try {
            ControlFile.write(directory, "cgroup.subtree_control", "+" + controller);
        } catch (ErrnoException e) {
            if (controller.equals("memory") || controller.equals("pids")) {
                e.addSuppressed(all);
                throw e;
            }
        }
    }

    private static List<String> words(Path directory, String file) throws IOException {
        return List.of(ControlFile.text(directory, file).split(" "));
    }
}

package io.windlass.shim.cgroup;

import java.nio.file.Path;

/**
 * The place of a cgroup under the root of each hierarchy, for example {@code /kubepods/burstable/pod1/9f3c}: absolute, without empty, "." and
 * ".." names, and not the root itself.
 */
public record CgroupPath(String value) {
    public CgroupPath {
        if (!value.startsWith("/") || value.length() == 1) {
            throw new IllegalArgumentException("cgroup path \"" + value + "\" must be absolute and not the root");
        }
        for (String name : value.substring(1).split("/", -1)) {
            requireName(name, value);
        }
    }

    /** Returns the path of a cgroup inside this one. */
    public CgroupPath child(String name) {
        requireName(name, name);
        return new CgroupPath(value + "/" + name);
    }

    Path under(Path mount) {
        return mount.resolve(value.substring(1));
    }

    static void requireName(String name, String shown) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || hasControl(name)) {
            throw new IllegalArgumentException(
                    "cgroup path \"" + shown + "\" has a name that is empty, \".\" or \"..\", or holds control bytes");
        }
    }

    private static boolean hasControl(String name) {
        return name.chars().anyMatch(c -> c < ' ' || c == 127);
    }

    @Override
    public String toString() {
        return value;
    }
}

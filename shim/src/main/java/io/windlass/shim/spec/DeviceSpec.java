package io.windlass.shim.spec;

import java.nio.file.Path;

/**
 * A device node. See mknod(2).
 *
 * @param path absolute; only a node under /dev is made, see {@link #isInDev}
 * @param mode permission bits, for example 0666
 * @param source the same device on the host, which is bound where a node may not be made
 */
public record DeviceSpec(String path, Kind kind, int major, int minor, int mode, int uid, int gid, Path source) {
    /** A device that has the same path on the host. */
    public DeviceSpec(String path, Kind kind, int major, int minor, int mode, int uid, int gid) {
        this(path, kind, major, minor, mode, uid, gid, Path.of(path));
    }

    public DeviceSpec {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("device " + path + " is not absolute");
        }
        Strings.requireNoNul("device", path);
    }

    /** Tells whether it goes into the fresh /dev; elsewhere the source is bound, by a {@link MountSpec.Bind}. */
    public boolean isInDev() {
        return path.startsWith("/dev/");
    }

    /** The kinds of device, with their letter in device rules and their S_IF* bits. */
    public enum Kind {
        CHARACTER('c', 0020000), BLOCK('b', 0060000);

        private final char letter;
        private final int bits;

        Kind(char letter, int bits) {
            this.letter = letter;
            this.bits = bits;
        }

        public char letter() {
            return letter;
        }

        /** Returns S_IFCHR or S_IFBLK. */
        public int bits() {
            return bits;
        }
    }
}

package io.windlass.cri.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The names of block devices. */
final class BlockDevices {
    private BlockDevices() {}

    /** Returns the name under /dev, or the numbers where there is none. */
    static String name(int major, int minor) {
        try {
            return "/dev/" + Files.readSymbolicLink(Path.of("/sys/dev/block/" + major + ":" + minor)).getFileName();
        } catch (IOException e) {
            return major + ":" + minor;
        }
    }
}

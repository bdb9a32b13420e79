package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What v1 counts of block devices, in lines such as {@code 8:0 Read 4096}. See the kernel's cgroup-v1/blkio-controller.rst. Since Linux 6.10
 * it counts for a device only once a limit was set for it somewhere.
 */
final class BlkioFiles {
    /** By the scheduler that counts, and then by the throttling; kernels before 5.0 have no sums of the cgroups below. */
    private static final List<String> NAMES = List.of("blkio.bfq.%s_recursive", "blkio.throttle.%s_recursive", "blkio.throttle.%s");

    private BlkioFiles() {}

    /** Returns the counts of the first files that have any; none where the cgroup is not in the hierarchy. */
    static List<CgroupDetail.Device> read(Path directory) throws IOException {
        for (String name : NAMES) {
            Map<String, long[]> counts = new LinkedHashMap<>();
            count(ControlFile.optional(directory, name.formatted("io_service_bytes")), 0, counts);
            count(ControlFile.optional(directory, name.formatted("io_serviced")), 2, counts);
            if (!counts.isEmpty()) {
                return devices(counts);
            }
        }
        return List.of();
    }

    /** Puts what was read at an index, and what was written behind it. */
    private static void count(byte[] file, int index, Map<String, long[]> counts) {
        for (String line : new String(file, StandardCharsets.US_ASCII).split("\n")) {
            String[] words = line.split(" ");
            int at = words.length != 3 ? -1 : words[1].equals("Read") ? index : words[1].equals("Write") ? index + 1 : -1;
            if (at >= 0) {
                counts.computeIfAbsent(words[0], device -> new long[4])[at] = Long.parseLong(words[2]);
            }
        }
    }

    private static List<CgroupDetail.Device> devices(Map<String, long[]> counts) {
        List<CgroupDetail.Device> found = new ArrayList<>();
        counts.forEach((device, n) -> {
            int colon = device.indexOf(':');
            if (colon > 0) { // of a device that is just going away the kernel prints no numbers
                found.add(new CgroupDetail.Device(Integer.parseInt(device.substring(0, colon)),
                        Integer.parseInt(device.substring(colon + 1)), n[0], n[1], n[2], n[3]));
            }
        });
        return found;
    }
}

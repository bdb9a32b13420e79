package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the rarer counters of v2. See the kernel's cgroup-v2.rst. */
final class DetailV2 {
    private DetailV2() {}

    static CgroupDetail read(Path directory) throws IOException {
        byte[] stat = ControlFile.read(directory, "memory.stat");
        CgroupDetail.Memory used = new CgroupDetail.Memory(ControlFile.keyed(stat, "file", 0), ControlFile.keyed(stat, "file_mapped", 0),
                ControlFile.keyed(stat, "kernel", 0), ControlFile.keyed(ControlFile.read(directory, "memory.events"), "max", 0),
                ControlFile.number(directory, "memory.peak", -1));
        return new CgroupDetail(ControlFile.keyed(ControlFile.read(directory, "cpu.stat"), "nr_periods", 0), used,
                devices(ControlFile.optional(directory, "io.stat")), HugePageFiles.read(directory, ".current", null));
    }

    /** Reads lines such as {@code 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6}. */
    static List<CgroupDetail.Device> devices(byte[] ioStat) {
        List<CgroupDetail.Device> found = new ArrayList<>();
        for (String line : new String(ioStat, StandardCharsets.US_ASCII).split("\n")) {
            String[] words = line.split(" ");
            int colon = words[0].indexOf(':');
            if (colon > 0 && words.length > 1) {
                found.add(new CgroupDetail.Device(Integer.parseInt(words[0].substring(0, colon)),
                        Integer.parseInt(words[0].substring(colon + 1)), value(words, "rbytes="), value(words, "wbytes="),
                        value(words, "rios="), value(words, "wios=")));
            }
        }
        return found;
    }

    private static long value(String[] words, String key) {
        for (String word : words) {
            if (word.startsWith(key)) {
                return Long.parseLong(word.substring(key.length()));
            }
        }
        return 0;
    }
}

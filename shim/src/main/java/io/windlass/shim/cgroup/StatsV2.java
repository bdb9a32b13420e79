package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** Reads the counters of v2. See the kernel's cgroup-v2.rst. */
final class StatsV2 {
    private StatsV2() {}

    static CgroupStats read(Path directory) throws IOException {
        byte[] cpu = ControlFile.read(directory, "cpu.stat");
        byte[] stat = ControlFile.read(directory, "memory.stat");
        long usage = ControlFile.number(directory, "memory.current");
        CgroupStats.Memory memory = new CgroupStats.Memory(usage, Math.max(0, usage - ControlFile.keyed(stat, "inactive_file", 0)),
                ControlFile.keyed(stat, "anon", 0), ControlFile.number(directory, "memory.max"), ControlFile.keyed(stat, "pgfault", 0),
                ControlFile.keyed(stat, "pgmajfault", 0), ControlFile.number(directory, "memory.swap.current", 0),
                ControlFile.number(directory, "memory.swap.max", -1));
        return new CgroupStats(cpu(cpu), memory,
                new CgroupStats.Pids(ControlFile.number(directory, "pids.current"), ControlFile.number(directory, "pids.max")));
    }

    private static CgroupStats.Cpu cpu(byte[] stat) {
        return new CgroupStats.Cpu(micros(stat, "usage_usec"), micros(stat, "user_usec"), micros(stat, "system_usec"),
                ControlFile.keyed(stat, "nr_throttled", 0), micros(stat, "throttled_usec"));
    }

    private static long micros(byte[] stat, String key) {
        return ControlFile.keyed(stat, key, 0) * 1000;
    }
}

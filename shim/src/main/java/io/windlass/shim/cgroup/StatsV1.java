package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** Reads the counters of v1. See the kernel's cgroup-v1/memory.rst, cpuacct.rst and pids.rst. */
final class StatsV1 {
    /** The most that a limit can say, in whole pages: none. */
    private static final long UNLIMITED = Long.MAX_VALUE - (64 * 1024 - 1);
    /** Units of cpuacct.stat in a second, USER_HZ. */
    private static final long TICK_NANOS = 1_000_000_000L / 100;

    private StatsV1() {}

    static CgroupStats read(Path cpuacct, Path cpu, Path memory, Path pids) throws IOException {
        byte[] ticks = ControlFile.read(cpuacct, "cpuacct.stat");
        byte[] throttled = ControlFile.read(cpu, "cpu.stat");
        CgroupStats.Cpu time = new CgroupStats.Cpu(ControlFile.number(cpuacct, "cpuacct.usage"),
                ControlFile.keyed(ticks, "user", 0) * TICK_NANOS, ControlFile.keyed(ticks, "system", 0) * TICK_NANOS,
                ControlFile.keyed(throttled, "nr_throttled", 0), ControlFile.keyed(throttled, "throttled_time", 0));
        return new CgroupStats(time, memory(memory),
                new CgroupStats.Pids(ControlFile.number(pids, "pids.current"), ControlFile.number(pids, "pids.max")));
    }

    private static CgroupStats.Memory memory(Path directory) throws IOException {
        byte[] stat = ControlFile.read(directory, "memory.stat");
        long usage = ControlFile.number(directory, "memory.usage_in_bytes");
        long limit = limit(ControlFile.number(directory, "memory.limit_in_bytes"));
        long both = limit(ControlFile.number(directory, "memory.memsw.limit_in_bytes", -1));
        return new CgroupStats.Memory(usage, Math.max(0, usage - ControlFile.keyed(stat, "total_inactive_file", 0)),
                ControlFile.keyed(stat, "total_rss", 0), limit, ControlFile.keyed(stat, "total_pgfault", 0),
                ControlFile.keyed(stat, "total_pgmajfault", 0), ControlFile.keyed(stat, "total_swap", 0),
                both < 0 || limit < 0 ? -1 : Math.max(0, both - limit));
    }

    /** Turns the largest number of pages into -1. */
    static long limit(long bytes) {
        return bytes >= UNLIMITED ? -1 : bytes;
    }
}

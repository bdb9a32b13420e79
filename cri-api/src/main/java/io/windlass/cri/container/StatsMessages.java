package io.windlass.cri.container;

import io.windlass.cri.v1.CpuUsage;
import io.windlass.cri.v1.MemoryUsage;
import io.windlass.cri.v1.SwapUsage;
import io.windlass.cri.v1.UInt64Value;
import io.windlass.shim.cgroup.CgroupStats;
import java.util.OptionalLong;

/** A cgroup's numbers as messages of the CRI. */
final class StatsMessages {
    private StatsMessages() {}

    static CpuUsage cpu(CgroupStats.Cpu cpu, long at, OptionalLong nanoCores) {
        var message = CpuUsage.newBuilder().setTimestamp(at).setUsageCoreNanoSeconds(value(cpu.usageNanos()));
        nanoCores.ifPresent(rate -> message.setUsageNanoCores(value(rate)));
        return message.build();
    }

    static MemoryUsage memory(CgroupStats.Memory memory, long at) {
        var message = MemoryUsage.newBuilder().setTimestamp(at).setWorkingSetBytes(value(memory.workingSet()))
                .setUsageBytes(value(memory.usage())).setRssBytes(value(memory.rss())).setPageFaults(value(memory.pageFaults()))
                .setMajorPageFaults(value(memory.majorPageFaults()));
        if (memory.available() >= 0) {
            message.setAvailableBytes(value(memory.available()));
        }
        return message.build();
    }

    static SwapUsage swap(CgroupStats.Memory memory, long at) {
        var message = SwapUsage.newBuilder().setTimestamp(at).setSwapUsageBytes(value(memory.swap()));
        if (memory.swapLimit() >= 0) {
            message.setSwapAvailableBytes(value(Math.max(0, memory.swapLimit() - memory.swap())));
        }
        return message.build();
    }

    static UInt64Value value(long value) {
        return UInt64Value.newBuilder().setValue(value).build();
    }
}

package io.windlass.cri.stats;

import io.windlass.cri.v1.CpuUsage;
import io.windlass.cri.v1.IoUsage;
import io.windlass.cri.v1.MemoryUsage;
import io.windlass.cri.v1.NetworkInterfaceUsage;
import io.windlass.cri.v1.NetworkUsage;
import io.windlass.cri.v1.PsiData;
import io.windlass.cri.v1.PsiStats;
import io.windlass.cri.v1.SwapUsage;
import io.windlass.cri.v1.UInt64Value;
import io.windlass.shim.cgroup.CgroupStats;
import io.windlass.shim.cgroup.Pressure;
import java.util.List;
import java.util.Optional;

/** The kernel's numbers as messages of the CRI. */
final class StatsMessages {
    private static final String DEFAULT_INTERFACE = "eth0";
    private static final long MICRO = 1000;

    private StatsMessages() {}

    static CpuUsage cpu(CgroupStats.Cpu cpu, long at, long nanoCores, Optional<Pressure.All> pressure) {
        var message = CpuUsage.newBuilder().setTimestamp(at).setUsageCoreNanoSeconds(value(cpu.usageNanos()))
                .setUsageNanoCores(value(nanoCores));
        pressure.ifPresent(all -> message.setPsi(psi(all.cpu())));
        return message.build();
    }

    static MemoryUsage memory(CgroupStats.Memory memory, long at, Optional<Pressure.All> pressure) {
        var message = MemoryUsage.newBuilder().setTimestamp(at).setWorkingSetBytes(value(memory.workingSet()))
                .setUsageBytes(value(memory.usage())).setRssBytes(value(memory.rss())).setPageFaults(value(memory.pageFaults()))
                .setMajorPageFaults(value(memory.majorPageFaults()));
        if (memory.available() >= 0) {
            message.setAvailableBytes(value(memory.available()));
        }
        pressure.ifPresent(all -> message.setPsi(psi(all.memory())));
        return message.build();
    }

    /** Returns input and output; there is nothing to say where the kernel keeps no pressure. */
    static Optional<IoUsage> io(long at, Optional<Pressure.All> pressure) {
        return pressure.map(all -> IoUsage.newBuilder().setTimestamp(at).setPsi(psi(all.io())).build());
    }

    static SwapUsage swap(CgroupStats.Memory memory, long at) {
        var message = SwapUsage.newBuilder().setTimestamp(at).setSwapUsageBytes(value(memory.swap()));
        if (memory.swapLimit() >= 0) {
            message.setSwapAvailableBytes(value(Math.max(0, memory.swapLimit() - memory.swap())));
        }
        return message.build();
    }

    /** Returns the interfaces of a pod, the one that Kubernetes takes as the pod's apart from the others. */
    static NetworkUsage network(List<Interface> interfaces, long at) {
        var first = interfaces.stream().filter(one -> one.name().equals(DEFAULT_INTERFACE)).findFirst().orElse(interfaces.getFirst());
        var message = NetworkUsage.newBuilder().setTimestamp(at).setDefaultInterface(networkInterface(first));
        interfaces.stream().filter(one -> one != first).forEach(one -> message.addInterfaces(networkInterface(one)));
        return message.build();
    }

    static UInt64Value value(long value) {
        return UInt64Value.newBuilder().setValue(value).build();
    }

    private static NetworkInterfaceUsage networkInterface(Interface one) {
        return NetworkInterfaceUsage.newBuilder().setName(one.name()).setRxBytes(value(one.received().bytes()))
                .setRxErrors(value(one.received().errors())).setTxBytes(value(one.sent().bytes())).setTxErrors(value(one.sent().errors()))
                .build();
    }

    private static PsiStats psi(Pressure pressure) {
        return PsiStats.newBuilder().setFull(psi(pressure.full())).setSome(psi(pressure.some())).build();
    }

    /** The kernel counts microseconds, the CRI nanoseconds. */
    private static PsiData psi(Pressure.Line line) {
        return PsiData.newBuilder().setTotal(line.totalMicros() * MICRO).setAvg10(line.average10()).setAvg60(line.average60())
                .setAvg300(line.average300()).build();
    }
}

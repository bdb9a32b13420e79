package io.windlass.cri.stats;

import io.windlass.cri.container.ContainerLife.Running;
import io.windlass.cri.container.ContainerRecord;
import io.windlass.cri.sandbox.SandboxRecord;
import io.windlass.cri.v1.ContainerMetrics;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.shim.cgroup.Cgroup;
import io.windlass.shim.cgroup.CgroupDetail;
import io.windlass.shim.cgroup.CgroupStats;
import io.windlass.shim.cgroup.Pressure;
import java.io.IOException;
import java.util.Optional;

/** The metrics of containers, from their cgroups and processes. */
final class ContainerMetricsReader {
    private static final long DEFAULT_PERIOD_MICROS = 100_000;
    private static final long DEFAULT_SHARES = 1024;

    private final ContainerUsage usage;

    ContainerMetricsReader(ContainerUsage usage) {
        this.usage = usage;
    }

    /** Returns the metrics of a container that runs; empty for any other. */
    Optional<ContainerMetrics> of(ContainerRecord container, SandboxRecord sandbox, LayerDisk disk, long now) {
        var cgroup = usage.cgroup(container);
        if (!(container.life() instanceof Running running) || cgroup.isEmpty()) {
            return Optional.empty();
        }
        var list = new MetricList(now, Labels.of(container, sandbox));
        try {
            addCgroup(list, cgroup.get(), running.shim().initPid());
        } catch (IOException e) {
            return Optional.empty(); // it has ended meanwhile
        }
        addLimits(list, container.resources());
        disk.add(list, usage.layer(container.id()));
        list.nanos(Family.START_TIME_SECONDS, running.startedAt()).nanos(Family.LAST_SEEN, now);
        return Optional.of(ContainerMetrics.newBuilder().setContainerId(container.id().value()).addAllMetrics(list.metrics()).build());
    }

    private static void addCgroup(MetricList list, Cgroup cgroup, int init) throws IOException {
        var used = cgroup.stats();
        var detail = cgroup.detail();
        addCpu(list, used.cpu(), detail.cpuPeriods());
        addMemory(list, used.memory(), detail.memory());
        list.add(Family.OOM_EVENTS_TOTAL, cgroup.oomKills());
        detail.devices().forEach(device -> addDevice(list, device));
        detail.hugePages().forEach(pages -> {
            list.add(Family.HUGETLB_USAGE_BYTES, pages.used(), pages.size());
            if (pages.most() >= 0) {
                list.add(Family.HUGETLB_MAX_USAGE_BYTES, pages.most(), pages.size());
            }
        });
        cgroup.pressure().ifPresent(pressure -> addPressure(list, pressure));
        var pids = cgroup.pids();
        var open = ProcessCounts.of(pids);
        list.add(Family.PROCESSES, pids.size()).add(Family.THREADS, used.pids().current())
                .add(Family.THREADS_MAX, Math.max(0, used.pids().limit())).add(Family.FILE_DESCRIPTORS, open.descriptors())
                .add(Family.SOCKETS, open.sockets());
        ProcessCounts.openFilesLimit(init).ifPresent(limit -> list.add(Family.ULIMITS_SOFT, limit, "max_open_files"));
    }

    private static void addCpu(MetricList list, CgroupStats.Cpu cpu, long periods) {
        list.nanos(Family.CPU_USAGE_SECONDS_TOTAL, cpu.usageNanos(), "total").nanos(Family.CPU_USER_SECONDS_TOTAL, cpu.userNanos())
                .nanos(Family.CPU_SYSTEM_SECONDS_TOTAL, cpu.systemNanos()).add(Family.CPU_CFS_PERIODS_TOTAL, periods)
                .add(Family.CPU_CFS_THROTTLED_PERIODS_TOTAL, cpu.throttledPeriods())
                .nanos(Family.CPU_CFS_THROTTLED_SECONDS_TOTAL, cpu.throttledNanos());
    }

    private static void addMemory(MetricList list, CgroupStats.Memory memory, CgroupDetail.Memory detail) {
        list.add(Family.MEMORY_USAGE_BYTES, memory.usage()).add(Family.MEMORY_WORKING_SET_BYTES, memory.workingSet())
                .add(Family.MEMORY_RSS, memory.rss()).add(Family.MEMORY_SWAP, memory.swap()).add(Family.MEMORY_CACHE, detail.cache())
                .add(Family.MEMORY_MAPPED_FILE, detail.mapped()).add(Family.MEMORY_KERNEL_USAGE, detail.kernel())
                .add(Family.MEMORY_FAILCNT, detail.failures());
        if (detail.most() >= 0) {
            list.add(Family.MEMORY_MAX_USAGE_BYTES, detail.most());
        }
        for (var scope : new String[]{"container", "hierarchy"}) {
            list.add(Family.MEMORY_FAILURES_TOTAL, memory.pageFaults(), "pgfault", scope).add(Family.MEMORY_FAILURES_TOTAL,
                    memory.majorPageFaults(), "pgmajfault", scope);
        }
    }

    private static void addDevice(MetricList list, CgroupDetail.Device device) {
        var name = BlockDevices.name(device.major(), device.minor());
        var major = String.valueOf(device.major());
        var minor = String.valueOf(device.minor());
        list.add(Family.BLKIO_DEVICE_USAGE_TOTAL, device.readBytes(), name, major, minor, "Read")
                .add(Family.BLKIO_DEVICE_USAGE_TOTAL, device.writtenBytes(), name, major, minor, "Write")
                .add(Family.FS_READS_BYTES_TOTAL, device.readBytes(), name).add(Family.FS_READS_TOTAL, device.reads(), name)
                .add(Family.FS_WRITES_BYTES_TOTAL, device.writtenBytes(), name).add(Family.FS_WRITES_TOTAL, device.writes(), name);
    }

    private static void addPressure(MetricList list, Pressure.All all) {
        list.micros(Family.PRESSURE_CPU_STALLED_SECONDS_TOTAL, all.cpu().full().totalMicros())
                .micros(Family.PRESSURE_CPU_WAITING_SECONDS_TOTAL, all.cpu().some().totalMicros())
                .micros(Family.PRESSURE_MEMORY_STALLED_SECONDS_TOTAL, all.memory().full().totalMicros())
                .micros(Family.PRESSURE_MEMORY_WAITING_SECONDS_TOTAL, all.memory().some().totalMicros())
                .micros(Family.PRESSURE_IO_STALLED_SECONDS_TOTAL, all.io().full().totalMicros())
                .micros(Family.PRESSURE_IO_WAITING_SECONDS_TOTAL, all.io().some().totalMicros());
    }

    private static void addLimits(MetricList list, LinuxContainerResources limits) {
        list.add(Family.SPEC_CPU_PERIOD, limits.getCpuPeriod() > 0 ? limits.getCpuPeriod() : DEFAULT_PERIOD_MICROS)
                .add(Family.SPEC_CPU_SHARES, limits.getCpuShares() > 0 ? limits.getCpuShares() : DEFAULT_SHARES)
                .add(Family.SPEC_MEMORY_LIMIT_BYTES, Math.max(0, limits.getMemoryLimitInBytes()))
                .add(Family.SPEC_MEMORY_SWAP_LIMIT_BYTES, Math.max(0, limits.getMemorySwapLimitInBytes()))
                .add(Family.SPEC_MEMORY_RESERVATION_LIMIT_BYTES, reservation(limits.getUnifiedOrDefault("memory.low", "0")));
        if (limits.getCpuQuota() > 0) {
            list.add(Family.SPEC_CPU_QUOTA, limits.getCpuQuota());
        }
    }

    private static long reservation(String low) {
        return low.matches("\\d{1,18}") ? Long.parseLong(low) : 0;
    }
}

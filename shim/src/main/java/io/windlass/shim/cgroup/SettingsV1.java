package io.windlass.shim.cgroup;

import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.DeviceRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns resources into writes for cgroup v1, in the order in which the kernel takes them. See the kernel's cgroup-v1/ documents. */
final class SettingsV1 {
    private static final String LIMIT = "memory.limit_in_bytes";
    private static final String SWAP = "memory.memsw.limit_in_bytes";

    private SettingsV1() {}

    /**
     * The limits a cgroup has before the change; the order of the writes depends on them.
     *
     * @param memory bytes, -1 without a limit
     * @param memoryAndSwap bytes, -1 without a limit; 0 where the kernel does not count swap
     */
    record Current(long memory, long memoryAndSwap) {
        static final Current UNLIMITED = new Current(-1, -1);

        boolean countsSwap() {
            return memoryAndSwap != 0;
        }
    }

    static List<Setting> of(Resources resources, Current current) {
        List<Setting> settings = new ArrayList<>();
        memory(resources.memory(), current, settings);
        cpu(resources.cpu(), settings);
        if (resources.pidsLimit() != null) {
            settings.add(new Setting("pids", "pids.max", limit(resources.pidsLimit(), "max")));
        }
        settings.addAll(HugePageFiles.limits(resources.hugepageLimits(), ".limit_in_bytes"));
        for (DeviceRule rule : resources.devices()) {
            settings.add(device(rule));
        }
        return settings;
    }

    /** The limit of memory may never be above that of memory and swap, neither before nor after any write. */
    private static void memory(Resources.Memory memory, Current current, List<Setting> settings) {
        Long limit = memory.limit();
        Long swap = current.countsSwap() ? memory.swap() : null;
        if (swap == null && limit != null && current.countsSwap() && isAbove(limit, current.memoryAndSwap())) {
            swap = limit; // raised above what memory and swap may be together: that goes along
        }
        List<Setting> order = new ArrayList<>(2);
        if (limit != null) {
            order.add(new Setting("memory", LIMIT, limit(limit, "-1")));
        }
        if (swap != null) {
            boolean first = !isAbove(current.memory(), swap);
            order.add(first ? 0 : order.size(), new Setting("memory", SWAP, limit(swap, "-1")));
        }
        settings.addAll(order);
        if (memory.reservation() != null) {
            settings.add(new Setting("memory", "memory.soft_limit_in_bytes", limit(memory.reservation(), "-1")));
        }
    }

    private static void cpu(Resources.Cpu cpu, List<Setting> settings) {
        if (cpu.shares() != null && cpu.shares() != 0) {
            settings.add(new Setting("cpu", "cpu.shares", Long.toString(cpu.shares())));
        }
        if (cpu.period() != null && cpu.period() != 0) {
            settings.add(new Setting("cpu", "cpu.cfs_period_us", Long.toString(cpu.period())));
        }
        if (cpu.quota() != null && cpu.quota() != 0) {
            settings.add(new Setting("cpu", "cpu.cfs_quota_us", limit(cpu.quota(), "-1")));
        }
        if (!cpu.cpus().isEmpty()) {
            settings.add(new Setting("cpuset", "cpuset.cpus", cpu.cpus()));
        }
        if (!cpu.mems().isEmpty()) {
            settings.add(new Setting("cpuset", "cpuset.mems", cpu.mems()));
        }
    }

    private static Setting device(DeviceRule rule) {
        String value = rule.kind() == 'a'
                ? "a"
                : rule.kind() + " " + number(rule.major()) + ":" + number(rule.minor()) + " " + rule.access();
        return new Setting("devices", rule.allow() ? "devices.allow" : "devices.deny", value);
    }

    private static String number(@Nullable Integer number) {
        return number == null ? "*" : number.toString();
    }

    private static String limit(long value, String unlimited) {
        return value < 0 ? unlimited : Long.toString(value);
    }

    /** Tells whether limit {@code a} allows more than limit {@code b}; negative is without a limit. */
    private static boolean isAbove(long a, long b) {
        return b >= 0 && (a < 0 || a > b);
    }
}

package io.windlass.shim.cgroup;

import io.windlass.shim.spec.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns resources into writes for cgroup v2. Device rules have no file there: they are a program of type BPF_PROG_TYPE_CGROUP_DEVICE. See the
 * kernel's cgroup-v2.rst.
 */
final class SettingsV2 {
    private SettingsV2() {}

    static List<Setting> of(Resources resources) {
        List<Setting> settings = new ArrayList<>();
        memory(resources.memory(), settings);
        cpu(resources.cpu(), settings);
        if (resources.pidsLimit() != null) {
            settings.add(new Setting("pids", "pids.max", limit(resources.pidsLimit())));
        }
        settings.addAll(HugePageFiles.limits(resources.hugepageLimits(), ".max"));
        for (Map.Entry<String, String> entry : resources.unified().entrySet()) {
            settings.add(unified(entry.getKey(), entry.getValue()));
        }
        return settings;
    }

    private static void memory(Resources.Memory memory, List<Setting> settings) {
        Long swap = swap(memory);
        if (swap != null) {
            settings.add(new Setting("memory", "memory.swap.max", limit(swap)));
        }
        if (memory.limit() != null) {
            settings.add(new Setting("memory", "memory.max", limit(memory.limit())));
        }
        if (memory.reservation() != null) {
            settings.add(new Setting("memory", "memory.low", limit(memory.reservation())));
        }
    }

    /** The specification counts memory and swap together, the kernel swap alone. */
    private static @Nullable Long swap(Resources.Memory memory) {
        Long both = memory.swap();
        Long limit = memory.limit();
        if (both == null) {
            return limit != null && limit < 0 ? -1L : null;
        }
        if (both < 0) {
            return -1L;
        }
        if (limit == null || limit < 0) {
            throw new IllegalArgumentException("a limit of " + both + " bytes for memory and swap needs a limit of memory beside it");
        }
        if (both < limit) {
            throw new IllegalArgumentException(
                    "the limit of memory and swap, " + both + " bytes, is below that of memory, " + limit + " bytes");
        }
        return both - limit;
    }

    private static void cpu(Resources.Cpu cpu, List<Setting> settings) {
        if (cpu.shares() != null && cpu.shares() != 0) {
            settings.add(new Setting("cpu", "cpu.weight", Long.toString(weight(cpu.shares()))));
        }
        long quota = cpu.quota() == null ? 0 : cpu.quota();
        long period = cpu.period() == null ? 0 : cpu.period();
        if (quota != 0 || period != 0) {
            // without a quota in the request, the one that is there stays only if it is unlimited: both are one file
            String value = quota > 0 ? Long.toString(quota) : "max";
            settings.add(new Setting("cpu", "cpu.max", period == 0 ? value : value + " " + period));
        }
        if (!cpu.cpus().isEmpty()) {
            settings.add(new Setting("cpuset", "cpuset.cpus", cpu.cpus()));
        }
        if (!cpu.mems().isEmpty()) {
            settings.add(new Setting("cpuset", "cpuset.mems", cpu.mems()));
        }
    }

    /**
     * Turns shares (2 to 262144, 1024 by default) into a weight (1 to 10000, 100 by default): the power of ten of a quadratic in the shares'
     * base-2 logarithm that meets the three points, rounded up. Kubernetes KEP-2254 gives it.
     */
    static long weight(long shares) {
        if (shares <= 2) {
            return 1;
        }
        if (shares >= 262_144) {
            return 10_000;
        }
        double log = Math.log(shares) / Math.log(2);
        double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
        return (long) Math.ceil(Math.pow(10, exponent));
    }

    private static Setting unified(String file, String value) {
        int dot = file.indexOf('.');
        if (dot <= 0 || file.startsWith("cgroup.") || file.indexOf('/') >= 0) {
            throw new IllegalArgumentException("unified resource \"" + file + "\" is not a file of a controller, such as memory.high");
        }
        return new Setting(file.substring(0, dot), file, value);
    }

    private static String limit(long value) {
        return value < 0 ? "max" : Long.toString(value);
    }
}

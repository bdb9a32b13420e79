package io.windlass.cri.container.spec;

import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.HugepageLimit;
import io.windlass.cri.v1.LinuxContainerResources;
import io.windlass.shim.spec.Resources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Limits of a request as limits of a cgroup. In the CRI, 0 and an empty string say nothing. */
public final class CgroupLimits {
    /** The least memory that a container's init gets through execve with; limits below are refused. */
    public static final long MIN_MEMORY_BYTES = 512 * 1024L;

    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262144;
    private static final int MAX_OOM_SCORE_ADJ = 1000;
    private static final long MIN_PERIOD_MICROS = 1000;
    private static final long MAX_PERIOD_MICROS = 1_000_000;
    private static final long MIN_QUOTA_MICROS = 1000;

    /** Numbers and ranges, of which a range may give so many of each so many; see "List format" in cpuset(7). */
    private static final Pattern LIST_ITEM = Pattern.compile("([0-9]{1,6})(?:-([0-9]{1,6})(?::[0-9]{1,6}/[0-9]{1,6})?)?");

    private CgroupLimits() {}

    /**
     * @param pidsLimit processes at most; 0 for no limit
     * @param devices rules of the device controller
     * @throws CriException INVALID_ARGUMENT for a value that no cgroup takes
     */
    public static Resources of(LinuxContainerResources wanted, long pidsLimit, List<Resources.DeviceRule> devices) {
        var hugepages = new LinkedHashMap<String, Long>();
        for (HugepageLimit limit : wanted.getHugepageLimitsList()) {
            hugepages.put(limit.getPageSize(), limit.getLimit());
        }
        wanted.getUnifiedMap().forEach(CgroupLimits::checkUnified);
        return new Resources(memory(wanted), cpu(wanted), pidsLimit > 0 ? pidsLimit : null, devices, hugepages, wanted.getUnifiedMap());
    }

    /** Returns {@code old} with every value that {@code change} sets. */
    public static LinuxContainerResources merge(LinuxContainerResources old, LinuxContainerResources change) {
        return old.toBuilder().mergeFrom(change.toBuilder().clearHugepageLimits().build())
                .clearHugepageLimits().addAllHugepageLimits(
                        change.getHugepageLimitsCount() > 0 ? change.getHugepageLimitsList() : old.getHugepageLimitsList())
                .build();
    }

    /** Checks an oom_score_adj; see proc_pid_oom_score_adj(5). */
    public static int oomScoreAdj(LinuxContainerResources wanted) {
        long value = wanted.getOomScoreAdj();
        if (value < -MAX_OOM_SCORE_ADJ || value > MAX_OOM_SCORE_ADJ) {
            throw CriException.invalidArgument("oom_score_adj " + value + " is not within -1000 to 1000");
        }
        return (int) value;
    }

    private static Resources.Memory memory(LinuxContainerResources wanted) {
        long limit = wanted.getMemoryLimitInBytes();
        long swap = wanted.getMemorySwapLimitInBytes();
        if (limit < -1 || limit > 0 && limit < MIN_MEMORY_BYTES) {
            throw CriException.invalidArgument("memory_limit_in_bytes " + limit + " is below the minimum of " + MIN_MEMORY_BYTES
                    + ": raise it, or use -1 for no limit");
        }
        if (swap < -1 || swap > 0 && limit > 0 && swap < limit) {
            throw CriException.invalidArgument("memory_swap_limit_in_bytes " + swap + " is below memory_limit_in_bytes " + limit
                    + ": it counts memory and swap together");
        }
        return new Resources.Memory(orNull(limit), orNull(swap == 0 ? limit : swap), null);
    }

    private static Resources.Cpu cpu(LinuxContainerResources wanted) {
        long shares = wanted.getCpuShares();
        if (wanted.getCpuPeriod() < 0 || shares < 0 || wanted.getCpuQuota() < -1) {
            throw CriException.invalidArgument("cpu limits must not be negative: cpu_period " + wanted.getCpuPeriod() + ", cpu_quota "
                    + wanted.getCpuQuota() + ", cpu_shares " + shares);
        }
        long period = wanted.getCpuPeriod();
        if (period != 0 && (period < MIN_PERIOD_MICROS || period > MAX_PERIOD_MICROS)) {
            throw CriException.invalidArgument("cpu_period " + period + " is not within " + MIN_PERIOD_MICROS + " to " + MAX_PERIOD_MICROS
                    + " microseconds");
        }
        if (wanted.getCpuQuota() > 0 && wanted.getCpuQuota() < MIN_QUOTA_MICROS) {
            throw CriException.invalidArgument("cpu_quota " + wanted.getCpuQuota() + " is below the minimum of " + MIN_QUOTA_MICROS
                    + " microseconds: raise it, or use -1 for no limit");
        }
        checkList("cpuset_cpus", wanted.getCpusetCpus());
        checkList("cpuset_mems", wanted.getCpusetMems());
        return new Resources.Cpu(shares == 0 ? null : Math.clamp(shares, MIN_SHARES, MAX_SHARES), orNull(wanted.getCpuQuota()),
                orNull(wanted.getCpuPeriod()), wanted.getCpusetCpus(), wanted.getCpusetMems());
    }

    private static void checkList(String field, String list) {
        if (list.isEmpty()) {
            return;
        }
        for (var item : list.split(",", -1)) {
            var parts = LIST_ITEM.matcher(item);
            if (!parts.matches() || parts.group(2) != null && Integer.parseInt(parts.group(2)) < Integer.parseInt(parts.group(1))) {
                throw CriException.invalidArgument(field + " \"" + list.replace('\0', '?') + "\" is not a list such as 0-3,7");
            }
        }
    }

    private static void checkUnified(String file, String value) {
        boolean plain = !file.isEmpty() && file.indexOf('/') < 0 && !file.startsWith(".") && file.indexOf('\0') < 0;
        if (!plain || file.startsWith("cgroup.")) {
            throw CriException.invalidArgument("unified resource \"" + file + "\" is not the name of a controller's file");
        }
        if (value.indexOf('\0') >= 0) {
            throw CriException.invalidArgument("value of unified resource " + file + " holds a NUL byte");
        }
    }

    private static @Nullable Long orNull(long value) {
        return value == 0 ? null : value;
    }
}

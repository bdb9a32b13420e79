package io.windlass.shim.cgroup;

/** What a cgroup uses, at the moment it was read. */
public record CgroupStats(Cpu cpu, Memory memory, Pids pids) {
    /**
     * @param usageNanos nanoseconds of all CPUs
     * @param userNanos of these in user mode
     * @param systemNanos of these in the kernel
     * @param throttledPeriods periods in which the quota ran out
     * @param throttledNanos nanoseconds for which that kept processes from running
     */
    public record Cpu(long usageNanos, long userNanos, long systemNanos, long throttledPeriods, long throttledNanos) {}

    /**
     * All in bytes, but for the faults.
     *
     * @param usage page cache included
     * @param workingSet usage without the page cache that is easily given back
     * @param rss anonymous memory
     * @param limit -1 without a limit
     * @param swap bytes that are swapped out
     * @param swapLimit -1 without a limit
     */
    public record Memory(long usage, long workingSet, long rss, long limit, long pageFaults, long majorPageFaults, long swap,
            long swapLimit) {
        /** Returns what can still be used, or -1 without a limit. */
        public long available() {
            return limit < 0 ? -1 : Math.max(0, limit - workingSet);
        }
    }

    /** @param limit -1 without a limit */
    public record Pids(long current, long limit) {}
}

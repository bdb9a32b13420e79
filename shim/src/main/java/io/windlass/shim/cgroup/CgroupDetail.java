package io.windlass.shim.cgroup;

import java.util.List;

/**
 * What a cgroup uses, beyond {@link CgroupStats}: counters that only metrics want, at the moment they were read.
 *
 * @param cpuPeriods periods of the CPU quota that have passed
 * @param devices block devices that were read or written; empty where the io controller is not in use, or blkio on v1
 * @param hugePages by size; empty where the hugetlb controller is not in use
 */
public record CgroupDetail(long cpuPeriods, Memory memory, List<Device> devices, List<HugePages> hugePages) {
    public CgroupDetail {
        devices = List.copyOf(devices);
        hugePages = List.copyOf(hugePages);
    }

    /**
     * All in bytes, but for the failures.
     *
     * @param cache page cache
     * @param mapped mapped files
     * @param kernel used by the kernel for these processes
     * @param failures how often the limit was reached
     * @param most the highest use so far; -1 where the kernel does not tell
     */
    public record Memory(long cache, long mapped, long kernel, long failures, long most) {}

    /** What went to and came from a block device, in bytes and in operations. */
    public record Device(int major, int minor, long readBytes, long writtenBytes, long reads, long writes) {}

    /**
     * @param size as in the names of the files, for example {@code 2MB}
     * @param most the highest use so far; -1 where the kernel does not tell
     */
    public record HugePages(String size, long used, long most) {}
}

package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the rarer counters of v1. See the kernel's cgroup-v1/memory.rst, hugetlb.rst and blkio-controller.rst. */
final class DetailV1 {
    private DetailV1() {}

    static CgroupDetail read(Path cpu, Path memory, Optional<Path> hugetlb, Optional<Path> blkio) throws IOException {
        byte[] stat = ControlFile.read(memory, "memory.stat");
        CgroupDetail.Memory used = new CgroupDetail.Memory(ControlFile.keyed(stat, "total_cache", 0),
                ControlFile.keyed(stat, "total_mapped_file", 0), ControlFile.number(memory, "memory.kmem.usage_in_bytes", 0),
                ControlFile.number(memory, "memory.failcnt"), ControlFile.number(memory, "memory.max_usage_in_bytes"));
        return new CgroupDetail(ControlFile.keyed(ControlFile.read(cpu, "cpu.stat"), "nr_periods", 0), used,
                blkio.isPresent() ? BlkioFiles.read(blkio.get()) : List.of(),
                hugetlb.isPresent() ? HugePageFiles.read(hugetlb.get(), ".usage_in_bytes", ".max_usage_in_bytes") : List.of());
    }
}

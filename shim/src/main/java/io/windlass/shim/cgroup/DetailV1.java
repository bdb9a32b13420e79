package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the rarer counters of v1. See the kernel's cgroup-v1/memory.rst and hugetlb.rst. */
final class DetailV1 {
    private static final String PREFIX = "hugetlb.";
    private static final String SUFFIX = ".usage_in_bytes";

    private DetailV1() {}

    static CgroupDetail read(Path cpu, Path memory, Optional<Path> hugetlb) throws IOException {
        byte[] stat = ControlFile.read(memory, "memory.stat");
        CgroupDetail.Memory used = new CgroupDetail.Memory(ControlFile.keyed(stat, "total_cache", 0),
                ControlFile.keyed(stat, "total_mapped_file", 0), ControlFile.number(memory, "memory.kmem.usage_in_bytes", 0),
                ControlFile.number(memory, "memory.failcnt"), ControlFile.number(memory, "memory.max_usage_in_bytes"));
        return new CgroupDetail(ControlFile.keyed(ControlFile.read(cpu, "cpu.stat"), "nr_periods", 0), used, List.of(),
                hugetlb.isPresent() ? hugePages(hugetlb.get()) : List.of());
    }

    private static List<CgroupDetail.HugePages> hugePages(Path directory) throws IOException {
        List<CgroupDetail.HugePages> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String size = name.substring(PREFIX.length(), name.length() - SUFFIX.length());
                if (!size.endsWith(".rsvd")) {
                    found.add(new CgroupDetail.HugePages(size, ControlFile.number(directory, name),
                            ControlFile.number(directory, PREFIX + size + ".max_usage_in_bytes")));
                }
            }
        }
        return found;
    }
}

package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files {@code hugetlb.SIZE…} of a cgroup, which both versions have under other endings. See the kernel's hugetlb.rst. */
final class HugePageFiles {
    private static final String CONTROLLER = "hugetlb";
    private static final String PREFIX = CONTROLLER + ".";
    private static final String RESERVED = ".rsvd";

    private HugePageFiles() {}

    /**
     * Limits what is in use and what is reserved. A mapping reserves all its pages, see MAP_HUGETLB in mmap(2): nobody else can have them,
     * yet each is in use only once it is touched.
     *
     * @param bytes by page size
     * @param limit ending of the file with the limit
     */
    static List<Setting> limits(Map<String, Long> bytes, String limit) {
        List<Setting> settings = new ArrayList<>();
        bytes.forEach((size, most) -> {
            settings.add(new Setting(CONTROLLER, PREFIX + size + limit, most.toString()));
            settings.add(new Setting(CONTROLLER, PREFIX + size + RESERVED + limit, most.toString()));
        });
        return settings;
    }

    /** Tells whether it is a file for what is reserved, which kernels before 5.7 do not have. */
    static boolean isForReserved(String file) {
        return file.startsWith(PREFIX) && file.contains(RESERVED + ".");
    }

    /**
     * @param used ending of the file with the bytes in use
     * @param most ending of the file with the highest use so far, null where the kernel does not tell
     */
    static List<CgroupDetail.HugePages> read(Path directory, String used, @Nullable String most) throws IOException {
        List<CgroupDetail.HugePages> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, PREFIX + "*" + used)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String size = name.substring(PREFIX.length(), name.length() - used.length());
                if (!size.endsWith(RESERVED)) {
                    found.add(new CgroupDetail.HugePages(size, ControlFile.number(directory, name),
                            most == null ? -1 : ControlFile.number(directory, PREFIX + size + most)));
                }
            }
        }
        return found;
    }
}

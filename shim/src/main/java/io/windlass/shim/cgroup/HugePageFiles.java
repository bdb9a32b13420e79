package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files {@code hugetlb.SIZE…} of a cgroup, which both versions have under other endings. See the kernel's hugetlb.rst. */
final class HugePageFiles {
    private static final String PREFIX = "hugetlb.";

    private HugePageFiles() {}

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
                if (!size.endsWith(".rsvd")) {
                    found.add(new CgroupDetail.HugePages(size, ControlFile.number(directory, name),
                            most == null ? -1 : ControlFile.number(directory, PREFIX + size + most)));
                }
            }
        }
        return found;
    }
}

package io.windlass.shim.cgroup;

import io.windlass.shim.spec.Resources;
import io.windlass.shim.spec.Resources.Cpu;
import io.windlass.shim.spec.Resources.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Writes to a hierarchy of hugetlb, which few machines have: plain files in its place. */
class ApplyV1Test {
    private static final Resources LIMIT = new Resources(Memory.NONE, Cpu.NONE, null, List.of(), Map.of("2MB", 4L), Map.of());

    @TempDir
    private Path mount;
    private Path limit;
    private Path reserved;
    private ApplyV1 apply;

    @BeforeEach
    void setUp() throws IOException {
        Path directory = Files.createDirectory(mount.resolve("box"));
        limit = Files.createFile(directory.resolve("hugetlb.2MB.limit_in_bytes"));
        reserved = Files.createFile(directory.resolve("hugetlb.2MB.rsvd.limit_in_bytes"));
        apply = new ApplyV1(new CgroupLayout(List.of(new Hierarchy(mount, List.of("hugetlb"))), Optional.empty()), new CgroupPath("/box"));
    }

    @Test
    void reservationsAreLimitedAsUseIs() throws IOException {
        apply.apply(LIMIT);
        assertThat(limit).hasContent("4");
        assertThat(reserved).hasContent("4");
    }

    @Test
    void useIsLimitedWhereTheKernelCannotLimitReservations() throws IOException {
        Files.delete(reserved);
        apply.apply(LIMIT);
        assertThat(limit).hasContent("4");
    }

    @Test
    void pageSizeThatTheKernelDoesNotHaveIsNamed() throws IOException {
        Files.delete(limit);
        assertThatThrownBy(() -> apply.apply(LIMIT)).hasMessageContaining("hugetlb.2MB.limit_in_bytes").hasMessageContaining("ENOENT");
    }
}

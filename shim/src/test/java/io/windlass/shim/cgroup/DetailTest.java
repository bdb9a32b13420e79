package io.windlass.shim.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The rarer counters, from files as the kernel writes them. */
class DetailTest {
    @TempDir
    private Path directory;

    @Test
    void readsTheDevicesOfIoStat() {
        byte[] file = "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n259:1 rbytes=7 wbytes=0 rios=3 wios=0\n7:0 \n"
                .getBytes(StandardCharsets.US_ASCII);
        assertThat(DetailV2.devices(file)).containsExactly(new CgroupDetail.Device(8, 0, 4096, 8192, 1, 2),
                new CgroupDetail.Device(259, 1, 7, 0, 3, 0));
        assertThat(DetailV2.devices(new byte[0])).isEmpty();
    }

    @Test
    void readsV2() throws IOException {
        write("memory.stat", "anon 1\nfile 4096\nkernel 512\nfile_mapped 8\n");
        write("memory.events", "low 0\nhigh 0\nmax 3\noom 0\n");
        write("memory.peak", "9000\n");
        write("cpu.stat", "usage_usec 1\nnr_periods 17\n");
        write("hugetlb.2MB.current", "2097152\n");
        write("hugetlb.2MB.rsvd.current", "1\n");
        assertThat(DetailV2.read(directory)).isEqualTo(new CgroupDetail(17, new CgroupDetail.Memory(4096, 8, 512, 3, 9000), List.of(),
                List.of(new CgroupDetail.HugePages("2MB", 2097152, -1))));
    }

    @Test
    void readsV1() throws IOException {
        write("memory.stat", "cache 1\ntotal_cache 4096\ntotal_mapped_file 8\n");
        write("memory.kmem.usage_in_bytes", "512\n");
        write("memory.failcnt", "3\n");
        write("memory.max_usage_in_bytes", "9000\n");
        write("cpu.stat", "nr_periods 17\n");
        write("hugetlb.1GB.usage_in_bytes", "5\n");
        write("hugetlb.1GB.max_usage_in_bytes", "6\n");
        assertThat(DetailV1.read(directory, directory, Optional.of(directory))).isEqualTo(new CgroupDetail(17,
                new CgroupDetail.Memory(4096, 8, 512, 3, 9000), List.of(), List.of(new CgroupDetail.HugePages("1GB", 5, 6))));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }
}

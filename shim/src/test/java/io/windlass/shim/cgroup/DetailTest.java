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
        assertThat(DetailV1.read(directory, directory, Optional.of(directory), Optional.of(directory.resolve("none"))))
                .isEqualTo(new CgroupDetail(17, new CgroupDetail.Memory(4096, 8, 512, 3, 9000), List.of(),
                        List.of(new CgroupDetail.HugePages("1GB", 5, 6))));
        write("blkio.throttle.io_service_bytes_recursive", "8:0 Read 1\n8:0 Write 2\nTotal 3\n");
        assertThat(DetailV1.read(directory, directory, Optional.empty(), Optional.of(directory)).devices())
                .containsExactly(new CgroupDetail.Device(8, 0, 1, 2, 0, 0));
    }

    @Test
    void readsTheDevicesOfBlkioWhereTheyAreCounted() throws IOException {
        assertThat(BlkioFiles.read(directory)).isEmpty();
        write("blkio.bfq.io_service_bytes_recursive", "Total 0\n");
        write("blkio.bfq.io_serviced_recursive", "Total 0\n");
        write("blkio.throttle.io_service_bytes", "8:0 Read 77\n8:0 Write 77\n");
        write("blkio.throttle.io_serviced", "8:0 Read 77\n8:0 Write 77\n");
        assertThat(BlkioFiles.read(directory)).containsExactly(new CgroupDetail.Device(8, 0, 77, 77, 77, 77));
        write("blkio.throttle.io_service_bytes_recursive", """
                8:0 Read 4096
                8:0 Write 8192
                8:0 Sync 12288
                8:0 Async 0
                8:0 Discard 5
                8:0 Total 12293
                259:1 Read 7
                259:1 Write 0
                259:1 Total 7
                Total 12300
                """);
        write("blkio.throttle.io_serviced_recursive", "8:0 Read 1\n8:0 Write 2\n8:0 Total 3\n259:1 Read 3\n259:1 Write 0\nTotal 6\n");
        assertThat(BlkioFiles.read(directory)).containsExactly(new CgroupDetail.Device(8, 0, 4096, 8192, 1, 2),
                new CgroupDetail.Device(259, 1, 7, 0, 3, 0));
        write("blkio.bfq.io_service_bytes_recursive", "8:0 Read 9\n8:0 Write 0\nTotal 9\n");
        assertThat(BlkioFiles.read(directory)).containsExactly(new CgroupDetail.Device(8, 0, 9, 0, 0, 0));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }
}

package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class FilePagesTest {
    private static final int BYTES = 4 << 20;

    private static final List<String> TABLE = """
            801000000-802000000 r--p 01000000 fe:00 5                                /a b/lib/serve.aot
            Rss:               16384 kB
            Anonymous:             0 kB
            VmFlags: rd mr mw me sd
            7f0000000000-7f0000002000 r-xp 00000000 fe:00 6                          /lib/libjvm.so
            Anonymous:             0 kB
            7f0000002000-7f0000003000 r--p 00002000 fe:00 6                          /lib/libjvm.so
            Anonymous:             4 kB
            7f0000003000-7f0000004000 rw-p 00003000 fe:00 6                          /lib/libjvm.so
            Anonymous:             0 kB
            7f0000004000-7f0000005000 r--p 00000000 fe:00 7                          /lib/libc.so.6
            Anonymous:             0 kB
            7f0000005000-7f0000006000 r--p 00000000 00:00 0
            Anonymous:             0 kB
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            Anonymous:             0 kB
            """.lines().toList();

    @Test
    void onlyWhatIsReadAndNeverWasWrittenIsFound() {
        assertThat(FilePages.parse(TABLE, file -> !file.contains("libc") && file.startsWith("/")))
                .hasToString("[801000000+1000000, 7f0000000000+2000]");
    }

    @Test
    void whatWasGivenBackIsReadAgain(@TempDir Path scratch) throws Exception {
        Path file = scratch.resolve("mapped");
        byte[] content = new byte[BYTES];
        Arrays.fill(content, (byte) 7);
        Files.write(file, content);
        try (FileChannel channel = FileChannel.open(file)) {
            MappedByteBuffer mapped = channel.map(MapMode.READ_ONLY, 0, BYTES);
            byte[] read = new byte[BYTES];
            mapped.get(0, read);
            long before = resident(file);
            FilePages.mapped(file.toString()::equals).giveBack();
            assertThat(before - resident(file)).isEqualTo(BYTES / 1024);
            mapped.get(0, read);
            assertThat(read).isEqualTo(content);
        }
    }

    /** In KiB. */
    private static long resident(Path file) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        int at = 0;
        while (!lines.get(at).endsWith(" " + file)) {
            at++;
        }
        while (!lines.get(at).startsWith("Rss:")) {
            at++;
        }
        return Long.parseLong(lines.get(at).split(" +")[1]);
    }
}

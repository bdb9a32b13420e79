package io.windlass.snapshotter.layer;

import com.github.luben.zstd.Zstd;
import io.windlass.shim.fuzz.Fuzz;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Layers that nobody would build: unpacked or refused by name, and never anything outside the directory. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class LayerFuzzTest {
    private static final Limits LIMITS = new Limits(2000, 1 << 20, 100, 1 << 20, 1 << 20);

    @TempDir
    private Path scratch;

    private static List<byte[]> seeds() throws IOException {
        byte[] plain = new Tar().dir("etc", 0755).file("etc/passwd", "root").symlink("etc/link", "../../outside")
                .hardlink("etc/hard", "etc/passwd")
                .file("etc/link/through", "x").bytes();
        byte[] odd = new Tar().file(".wh.gone", "").file("d/.wh..wh..opq", "").device("null", TarConstants.LF_CHR, 1, 3)
                .entry("fifo", TarConstants.LF_FIFO, "").file("long/" + "n".repeat(150), "y")
                .file("attrs", 0644, "z".getBytes(StandardCharsets.UTF_8), Map.of("SCHILY.xattr.user.a", "b", "mtime", "1.5")).bytes();
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(plain);
        }
        return List.of(plain, odd, gzip.toByteArray(), Zstd.compress(odd));
    }

    @Test
    void stayInTheirDirectory() throws Exception {
        Path outside = Files.writeString(scratch.resolve("outside"), "as it was");
        int[] count = {0};
        Fuzz.run("layer", seeds(), input -> {
            Path directory = Files.createDirectory(scratch.resolve("layer" + count[0]++));
            try {
                return new LayerApplier(LIMITS)
                        .apply(new ByteArrayInputStream(sealed(input)), input.length, Digest.Algorithm.SHA256, directory).implied().size();
            } catch (ImageException e) {
                return e.getMessage();
            } finally {
                assertThat(outside).hasContent("as it was");
                try (Fd parent = Syscall.open(scratch.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0)) {
                    Tree.remove(parent, directory.getFileName().toString().getBytes(StandardCharsets.US_ASCII));
                }
                try (var left = Files.list(scratch)) {
                    assertThat(left).containsExactly(outside);
                }
            }
        });
    }

    /** With the sums of all headers made right: a wrong one is found at once, and everything behind it would stay unseen. */
    private static byte[] sealed(byte[] input) {
        byte[] out = input.clone();
        for (int at = 0; at + TarReader.BLOCK <= out.length; at += TarReader.BLOCK) {
            if (new String(out, at + 257, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
                ByteBuffer.wrap(out, at + 148, 8).put("        ".getBytes(StandardCharsets.US_ASCII));
                int sum = 0;
                for (int i = 0; i < TarReader.BLOCK; i++) {
                    sum += out[at + i] & 0xff;
                }
                ByteBuffer.wrap(out, at + 148, 8).put("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII));
            }
        }
        return out;
    }
}

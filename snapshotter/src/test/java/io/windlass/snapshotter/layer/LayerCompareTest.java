package io.windlass.snapshotter.layer;

import io.windlass.snapshotter.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LayerCompareTest {
    @TempDir
    Path layer;
    private byte[] tar = {};

    @BeforeEach
    void unpack() throws IOException {
        tar = new Tar().file("mark", "a text that is in the layer").bytes();
        new LayerApplier(Limits.DEFAULT).apply(new ByteArrayInputStream(tar), tar.length, Digest.Algorithm.SHA256, layer);
    }

    private Optional<String> first(byte[] blob) throws IOException {
        return LayerCompare.first(new ByteArrayInputStream(blob), Digest.sha256(tar), layer);
    }

    @Test
    void namesAFileThatIsNotAsItsBlobSays() throws Exception {
        assertThat(first(tar)).isEmpty();
        Files.writeString(layer.resolve("mark"), "a text that is not in there!");
        assertThat(first(tar)).hasValueSatisfying(difference -> assertThat(difference).contains("file mark"));
    }

    /** A repair would throw a good layer away, which the blob cannot bring back. */
    @Test
    void blobOfWhichABitIsWrongSaysNothingOfTheFiles() throws Exception {
        for (byte[] blob : new byte[][]{tar, gzip(tar)}) {
            for (int at = 0; at < blob.length; at++) {
                byte[] wrong = blob.clone();
                wrong[at] ^= (byte) (1 << at % Byte.SIZE);
                try {
                    assertThat(first(wrong)).as("byte " + at).isEmpty();
                } catch (IOException refused) {
                    assertThat(refused.getMessage()).isNotBlank();
                }
            }
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}

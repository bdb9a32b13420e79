package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.Node;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory that a virtual machine has given back to its host: the first to write there would measure how fast it comes again. */
final class FreeMemory {
    private static final int CHUNK = 1 << 20;

    private FreeMemory() {}

    /** Lets it come again for so many bytes of a file. */
    static void touch(Node node, long bytes) throws IOException {
        Path file = node.scratch().resolve("touched");
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long written = 0; written < bytes; written += CHUNK) {
                out.write(chunk);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}

package io.windlass.conformance.bench;

import io.windlass.conformance.fixture.Node;
import io.windlass.conformance.fixture.Pod;
import io.windlass.conformance.fixture.PodContainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;

/** How fast a container's lines reach its log, in millions of bytes a second, and whether all of them do. */
final class LogThroughput {
    private static final int LINE = 127;
    private static final int LINES = 1 << 19;
    private static final int TIMES = Integer.getInteger("bench.log", 8);
    private static final long BYTES = (long) TIMES * LINES * LINE;
    /** Makes a file of 64 MiB before the first line comes, so that what is measured is not the making of lines. */
    private static final String SCRIPT = "yes " + "x".repeat(LINE - 1) + " | head -n " + LINES + " > /lines; cat" + " /lines".repeat(TIMES);
    private static final Duration AT_MOST = Duration.ofMinutes(2);
    /** After the time: {@code " stdout F "}. */
    private static final int FIELDS = 10;
    private static final int TAG = 8;

    private LogThroughput() {}

    static double measure(Node node) throws IOException {
        FreeMemory.touch(node, 2 * BYTES);
        try (Pod pod = Pod.run(node)) {
            PodContainer container = pod.script(SCRIPT);
            container.awaitExit(AT_MOST);
            return read(container.logPath());
        }
    }

    private static double read(Path log) throws IOException {
        long bytes = 0;
        String first = "";
        String last = "";
        try (BufferedReader records = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            for (String record = records.readLine(); record != null; record = records.readLine()) {
                int time = record.indexOf(' ');
                bytes += record.length() - time - FIELDS + (record.charAt(time + TAG) == 'F' ? 1 : 0);
                first = first.isEmpty() ? record.substring(0, time) : first;
                last = record;
            }
        }
        if (bytes != BYTES) {
            throw new IOException(bytes + " of " + BYTES + " bytes are in the log");
        }
        Duration time = Duration.between(OffsetDateTime.parse(first), OffsetDateTime.parse(last.substring(0, last.indexOf(' '))));
        return BYTES * 1e3 / time.toNanos();
    }
}

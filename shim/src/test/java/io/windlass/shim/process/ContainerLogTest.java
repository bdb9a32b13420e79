package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ContainerLogTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    @TempDir
    Path dir;
    private ContainerLogs logs;
    private FileIo.Pipe out;
    private FileIo.Pipe err;
    private ShimProcess container;

    @BeforeEach
    void start() throws IOException {
        logs = new ContainerLogs(ContainerLogs.DEFAULT_MAX_LINE, dir.resolve("journal"));
        out = FileIo.pipe2(0);
        err = FileIo.pipe2(0);
        container = new ShimProcess("c1", PidFd.open(Processes.getpid()), 0, 1, null, new Stdio.Pipes(null, out.read(), err.read()),
                dir.resolve("exit"));
    }

    @AfterEach
    void stop() {
        logs.close();
        container.close();
        out.write().close();
        err.write().close();
    }

    /** How far a daemon has come with a text when it is killed. */
    enum Killed {
        BEFORE_IT_READ, BEFORE_IT_NOTED_THAT, BEFORE_ITS_RECORDS_WERE_WHOLE
    }

    static Stream<Arguments> killsOverTexts() {
        return Stream.of(Killed.values())
                .flatMap(killed -> Stream.of("\n", "one\n", "eleven more\n", "a line of many words\n")
                        .map(text -> Arguments.of(killed, text)));
    }

    /** There is more of the same behind the text. */
    @ParameterizedTest
    @MethodSource("killsOverTexts")
    void aLineThatADaemonWasKilledOverIsThereOnce(Killed killed, String line) throws Exception {
        Path file = dir.resolve("log");
        String earlier = "2026-01-01T00:00:00.000000000Z stdout F zero\n";
        byte[] text = line.getBytes(StandardCharsets.UTF_8);
        Files.writeString(file, killed == Killed.BEFORE_ITS_RECORDS_WERE_WHOLE ? earlier + "2026-01-01T00:00:01.0000" : earlier);
        out.write().writeFully(text);
        LogJournal journal = LogJournal.open(dir.resolve("other.0"));
        journal.begin("c1", ContainerLog.Stream.OUT, earlier.length(), text.length);
        if (killed != Killed.BEFORE_IT_READ) {
            assertThat(out.read().read(journal.text().limit(text.length))).isEqualTo(text.length);
        }
        if (killed == Killed.BEFORE_ITS_RECORDS_WERE_WHOLE) {
            journal.taken(text.length);
        }
        out.write().writeFully(text);
        out.write().writeFully("two\n".getBytes(StandardCharsets.UTF_8));
        logs.close();
        LogJournals.open(dir.resolve("other")); // by a daemon that is killed at once
        logs = new ContainerLogs(ContainerLogs.DEFAULT_MAX_LINE, dir.resolve("other"));
        ContainerLog log = logs.adopt(container, () -> file);
        logs.allAreAdoptedBut(Set.of());
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        assertThat(texts(Files.readAllLines(file), "stdout")).isEqualTo("zero\n" + line + line + "two\n");
    }

    /** It has read that and is killed before it notes so; the next one begins. */
    private void aDaemonIsKilledOver(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write().writeFully(bytes);
        LogJournal journal = LogJournal.open(dir.resolve("other.0"));
        journal.begin("c1", ContainerLog.Stream.OUT, 0, bytes.length);
        assertThat(out.read().read(journal.text().limit(bytes.length))).isEqualTo(bytes.length);
        logs.close();
        logs = new ContainerLogs(ContainerLogs.DEFAULT_MAX_LINE, dir.resolve("other"));
    }

    /** Nothing more came before the stream ended. */
    @Test
    void theLastLineThatADaemonWasKilledOverIsThere() throws Exception {
        Path file = dir.resolve("log");
        aDaemonIsKilledOver("last\n");
        ContainerLog log = logs.adopt(container, () -> file);
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        assertThat(texts(Files.readAllLines(file), "stdout")).isEqualTo("last\n");
    }

    /** The container says no more, and runs on. */
    @Test
    @Timeout(60)
    void whatADaemonWasKilledOverIsThereThoughNothingMoreComes() throws Exception {
        Path file = dir.resolve("log");
        aDaemonIsKilledOver("said\n");
        logs.adopt(container, () -> file);
        while (Files.notExists(file) || Files.size(file) == 0) {
            Thread.sleep(10);
        }
        assertThat(texts(Files.readAllLines(file), "stdout")).isEqualTo("said\n");
    }

    /** For want of a descriptor, for one. */
    @Test
    void whatADaemonWasKilledOverIsKeptForAContainerThatIsAdoptedLater() throws Exception {
        Path file = dir.resolve("log");
        aDaemonIsKilledOver("first\n");
        out.write().writeFully("second\n".getBytes(StandardCharsets.UTF_8));
        logs.allAreAdoptedBut(Set.of("c1"));
        ContainerLog log = logs.adopt(container, () -> file);
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        assertThat(texts(Files.readAllLines(file), "stdout")).isEqualTo("first\nsecond\n");
    }

    @Test
    void aLogThatCannotBeHadAtFirstGoesOnLaterAndTellsWhatItHasLost() throws Exception {
        Path file = Files.createDirectory(dir.resolve("later")).resolve("log");
        AtomicBoolean there = new AtomicBoolean();
        ContainerLog log = logs.adopt(container, () -> {
            if (!there.get()) {
                throw new IOException("not yet");
            }
            return file;
        });
        out.write().writeFully("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
        while (log.droppedLines() < 2) {
            Thread.sleep(10);
        }
        there.set(true);
        out.write().writeFully("three\n".getBytes(StandardCharsets.UTF_8));
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        List<String> records = Files.readAllLines(file);
        assertThat(texts(records, "stdout")).isEqualTo("three\n");
        assertThat(texts(records, "stderr")).isEqualTo("windlass lost 2 records of this log: not yet\n");
    }

    @Test
    void aLogThatCannotBeHadAtFirstIsOpenedAnew() throws Exception {
        Path file = dir.resolve("log");
        AtomicBoolean there = new AtomicBoolean();
        ContainerLog log = logs.adopt(container, () -> {
            if (!there.get()) {
                throw new IOException("not yet");
            }
            return file;
        });
        assertThatThrownBy(log::reopen).hasMessage("not yet");
        there.set(true);
        log.reopen();
        assertThat(file).isEmptyFile();
    }

    /** Of a pipe of packets a read takes one only: what it did not overwrite is another container's. */
    @Test
    void whatWasInHandBeforeIsNobodyElsesText() throws Exception {
        LogJournal journal = LogJournal.open(dir.resolve("other.0"));
        journal.text().put("a secret of another container".getBytes(StandardCharsets.UTF_8)).clear();
        journal.begin("c1", ContainerLog.Stream.OUT, 0, 20);
        out.write().writeFully("short text".getBytes(StandardCharsets.UTF_8));
        assertThat(out.read().read(journal.text().limit(20))).isEqualTo(10);
        assertThat(LogJournal.open(dir.resolve("other.0")).interrupted()).get()
                .satisfies(batch -> assertThat(batch.text()).isEmpty());
    }

    @Test
    void everythingIsInTheFileOnceItIsDrained() throws Exception {
        ContainerLog log = logs.attach(container, dir.resolve("log"));
        int lines = 100_000;
        byte[] line = "a line of output\n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < lines; i++) {
            out.write().writeFully(line);
        }
        err.write().writeFully("oops".getBytes(StandardCharsets.US_ASCII));
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        List<String> records = Files.readAllLines(dir.resolve("log"));
        assertThat(texts(records, "stdout").replace("|", "")).isEqualTo("a line of output\n".repeat(lines));
        assertThat(texts(records, "stderr")).isEqualTo("oops|");
    }

    @Test
    void drainTakesWhatIsThereWhereAGrandchildKeepsThePipe() throws Exception {
        ContainerLog log = logs.attach(container, dir.resolve("log"));
        out.write().writeFully("said\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(log.drain(Duration.ofMillis(1))).isFalse();
        assertThat(texts(Files.readAllLines(dir.resolve("log")), "stdout")).isEqualTo("said\n");
    }

    @Test
    void reopenLosesNothingAndSplitsNothing() throws Exception {
        ContainerLog log = logs.attach(container, dir.resolve("log"));
        int lines = 20_000;
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < lines; i++) {
                    out.write().writeFully(("line " + i + "\n").getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        int rotated = 0;
        while (writer.isAlive()) {
            Files.move(dir.resolve("log"), dir.resolve("log." + rotated++));
            log.reopen();
        }
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < rotated; i++) {
            all.append(texts(Files.readAllLines(dir.resolve("log." + i)), "stdout"));
        }
        all.append(texts(Files.readAllLines(dir.resolve("log")), "stdout"));
        assertThat(all.toString().replace("|", "").lines().toList()).hasSize(lines).startsWith("line 0").endsWith("line " + (lines - 1));
    }

    @Test
    void aFullTapHoldsTheStreamBackAndLosesNothing() throws Exception {
        ContainerLog log = logs.attach(container, null);
        Fd tap = log.tap(ContainerLog.Stream.OUT);
        Fcntl.setNonBlocking(tap, false);
        int bytes = 8 * 1024 * 1024;
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                byte[] chunk = new byte[64 * 1024];
                for (int i = 0; i < bytes / chunk.length; i++) {
                    out.write().writeFully(chunk);
                }
                out.write().close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        byte[] buffer = new byte[64 * 1024];
        long read = 0;
        for (int n = tap.read(buffer, buffer.length); n > 0; n = tap.read(buffer, buffer.length)) {
            read += n;
        }
        tap.close();
        writer.join();
        assertThat(read).isEqualTo(bytes);
    }

    @Test
    void aClientThatGoesAwayLeavesTheContainerAlone() throws Exception {
        ContainerLog log = logs.attach(container, dir.resolve("log"));
        log.tap(ContainerLog.Stream.OUT).close();
        out.write().writeFully("one\n".getBytes(StandardCharsets.US_ASCII));
        out.write().writeFully("two\n".getBytes(StandardCharsets.US_ASCII));
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        assertThat(texts(Files.readAllLines(dir.resolve("log")), "stdout")).isEqualTo("one\ntwo\n");
    }

    @Test
    void aFullDiskDropsAndCountsLinesButNotTheContainer() throws Exception {
        ContainerLog log = logs.attach(container, Path.of("/dev/full"));
        out.write().writeFully("one\ntwo\n".getBytes(StandardCharsets.US_ASCII));
        out.write().close();
        err.write().close();
        assertThat(log.drain(LONG)).isTrue();
        assertThat(log.droppedLines()).isEqualTo(2);
    }

    /** The texts of a stream's records, with | where a line goes on. */
    private static String texts(List<String> records, String stream) {
        StringBuilder text = new StringBuilder();
        for (String record : records) {
            assertThat(record).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z (stdout|stderr) [PF] .*");
            String[] parts = record.split(" ", 4);
            if (parts[1].equals(stream)) {
                text.append(parts[3]).append(parts[2].equals("F") ? "\n" : "|");
            }
        }
        return text.toString();
    }
}

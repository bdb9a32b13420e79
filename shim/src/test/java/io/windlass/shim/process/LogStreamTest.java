package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Terminal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LogStreamTest {
    @TempDir
    Path dir;

    @Test
    void takesAtItsEndWhatIsInAPipeThatSomebodyKeepsFull() throws Exception {
        try (FileIo.Pipe pipe = FileIo.pipe2(0)) {
            Thread flood = Flood.start(Flood.fill(pipe));
            assertThat(finish(pipe.read(), true)).isEqualTo(Flood.PIPE_BYTES);
            pipe.read().close();
            flood.join();
        }
    }

    @Test
    void takesAtItsEndABoundedPartOfWhatSomebodyWritesToATerminal() throws Exception {
        try (Fd master = Terminal.openMaster(Fd.CWD, "/dev/ptmx"); Fd peer = Terminal.openPeer(master)) {
            Thread flood = Flood.start(peer);
            assertThat(FileIo.poll(master, FileIo.POLLIN, -1)).isEqualTo(FileIo.POLLIN);
            assertThat(finish(master, false)).isBetween(1L, (long) LogStream.TERMINAL_BYTES);
            master.close();
            flood.join();
        }
    }

    /** The kernel tells only of 4 KiB of it. */
    @Test
    void takesAtItsEndAllThatATerminalHolds() throws Exception {
        try (Fd master = Terminal.openMaster(Fd.CWD, "/dev/ptmx"); Fd peer = Terminal.openPeer(master)) {
            peer.writeFully(Flood.text(8000));
            assertThat(finish(master, false)).isEqualTo(8000);
        }
    }

    /** As a command in the container does that reads /proc/1/fd/1: it comes between the question how much there is and the read. */
    @Test
    void goesOnWhenSomebodyElseHasTakenWhatThereWas() throws Exception {
        Path path = dir.resolve("log");
        LogBuffers buffers = new LogBuffers(ContainerLogs.DEFAULT_MAX_LINE, LogJournal.open(dir.resolve("journal")));
        try (Epoll epoll = Epoll.create(); FileIo.Pipe pipe = FileIo.pipe2(0); LogFile file = LogFile.at(path)) {
            LogStream stream = new LogStream("c1", ContainerLog.Stream.OUT, pipe.read(), true, file, epoll, 1);
            file.mendBy(() -> assertThat(pipe.read().read(new byte[100], 100)).isEqualTo(5));
            pipe.write().writeFully("gone\n".getBytes(StandardCharsets.US_ASCII));
            stream.ready(buffers);
            assertThat(stream.ended().getCount()).isOne();
            assertThat(LogJournal.open(dir.resolve("journal")).interrupted()).isEmpty();
            pipe.write().writeFully("there\n".getBytes(StandardCharsets.US_ASCII));
            stream.ready(buffers);
            assertThat(Files.readString(path)).endsWith(" stdout F there\n").doesNotContain("gone");
            pipe.write().close();
            stream.ready(buffers);
            assertThat(stream.ended().getCount()).isZero();
        }
    }

    /** As one that may only be appended to. Some of it may be there twice then, but the next daemon cuts nothing away of what comes after it. */
    @Test
    void whatAnEarlierDaemonHadInHandIsLoggedWhereTheLogCannotBeCut() throws Exception {
        Path path = dir.resolve("log");
        byte[] text = "text\n".getBytes(StandardCharsets.US_ASCII);
        LogJournal earlier = LogJournal.open(dir.resolve("journal.0"));
        earlier.begin("c1", ContainerLog.Stream.OUT, -1, text.length); // no file can be cut to that
        earlier.text().put(text);
        earlier.taken(text.length);
        LogJournals journals = LogJournals.open(dir.resolve("journal"));
        try (Epoll epoll = Epoll.create(); FileIo.Pipe pipe = FileIo.pipe2(0); LogFile file = LogFile.at(path)) {
            LogStream stream = new LogStream("c1", ContainerLog.Stream.OUT, pipe.read(), true, file, epoll, 1);
            file.mendBy(() -> stream.mend(journals, ContainerLogs.DEFAULT_MAX_LINE));
            assertThat(file.isThere()).isTrue();
        }
        assertThat(Files.readString(path)).endsWith(" stdout F text\n");
        assertThat(LogJournal.open(dir.resolve("journal.0")).interrupted()).isEmpty();
    }

    /** By who rotates logs, after the pump has asked for the file and before it has read: the read waits here until that is done. */
    @Test
    void whatIsReadWhileItsLogIsOpenedAtLastIsInIt() throws Exception {
        Path path = dir.resolve("log");
        byte[] text = "text\n".getBytes(StandardCharsets.US_ASCII);
        AtomicInteger questions = new AtomicInteger();
        CountDownLatch asked = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Epoll epoll = Epoll.create();
                FileIo.Pipe pipe = FileIo.pipe2(0)) {
            LogFile file = LogFile.sought(() -> {
                int question = questions.incrementAndGet();
                if (question == 2) {
                    assertThat(pipe.read().read(new byte[text.length], text.length)).isEqualTo(text.length);
                    Fcntl.setNonBlocking(pipe.read(), false);
                    asked.countDown();
                }
                if (question <= 2) {
                    throw new IOException("not yet");
                }
                return path;
            });
            LogStream stream = new LogStream("c1", ContainerLog.Stream.OUT, pipe.read(), true, file, epoll, 1);
            pipe.write().writeFully(text);
            Future<Integer> opened = threads.submit(() -> {
                asked.await();
                try {
                    file.reopen();
                } finally {
                    pipe.write().writeFully(text);
                }
                return questions.get();
            });
            stream.ready(new LogBuffers(ContainerLogs.DEFAULT_MAX_LINE, null));
            assertThat(opened.get()).isEqualTo(3);
            file.close();
            assertThat(Files.readString(path)).endsWith(" stdout F text\n");
        }
    }

    /** Of what it shares with its pipe the client has what was taken; what comes later is not taken for that. */
    @Test
    void aClientGetsWhatComesAfterSomebodyElseHasReadWhatItShares() throws Exception {
        int bytes = 40_000;
        try (FileIo.Pipe source = FileIo.pipe2(0); FileIo.Pipe client = FileIo.pipe2(0); Tap tap = new Tap(client.write())) {
            source.write().writeFully(Flood.text(bytes));
            assertThat(tap.share(source.read(), bytes)).isTrue();
            assertThat(tap.shared()).isPositive();
            assertThat(source.read().read(new byte[bytes], bytes)).isEqualTo(bytes);
            tap.shareAtMost(FileIo.available(source.read()));
            assertThat(tap.offer(ByteBuffer.allocateDirect(4).put(new byte[]{'l', 'a', 's', 't'}).flip())).isTrue();
            byte[] got = new byte[2 * bytes];
            int n = client.read().read(got, got.length);
            assertThat(new String(got, 0, n, StandardCharsets.US_ASCII)).endsWith("xlast");
        }
    }

    /** Returns how many characters have come into the log. */
    private long finish(Fd source, boolean pipe) throws IOException {
        Path path = dir.resolve("log");
        try (Epoll epoll = Epoll.create(); LogFile file = LogFile.at(path)) {
            new LogStream("c1", ContainerLog.Stream.OUT, source, pipe, file, epoll, 1)
                    .finish(new LogBuffers(ContainerLogs.DEFAULT_MAX_LINE, null));
        }
        return Files.readString(path).chars().filter(c -> c == 'x').count();
    }
}

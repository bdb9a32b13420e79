package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LogPumpTest {

    /** A failure that not even a log can tell of. */
    private static final class Untellable extends LinkageError {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("of a test");
        }
    }

    /** Without buffers each visit fails. */
    @Test
    @SuppressWarnings("NullAway")
    void outlivesAStreamThatFails() throws Exception {
        Map<Long, LogStream> streams = new HashMap<>();
        try (Epoll epoll = Epoll.create(); FileIo.Pipe one = FileIo.pipe2(0); FileIo.Pipe two = FileIo.pipe2(0)) {
            LogPump pump = new LogPump(epoll, streams, new HungLogs(), null, () -> {
            }, () -> {
            });
            for (FileIo.Pipe pipe : List.of(one, two)) {
                long token = streams.size() + 1;
                LogStream stream = new LogStream("c1", ContainerLog.Stream.OUT, pipe.read(), true, LogFile.at(null), epoll, token);
                streams.put(token, stream);
                stream.start();
            }
            Thread thread = Thread.ofPlatform().start(pump);
            for (Map.Entry<Long, LogStream> entry : streams.entrySet()) {
                (entry.getKey() == 1 ? one : two).write().writeFully(new byte[]{'x'});
                assertThat(entry.getValue().ended().await(30, TimeUnit.SECONDS)).isTrue();
            }
            pump.close();
            epoll.wake();
            thread.join();
        }
    }

    @Test
    void outlivesAStreamWhoseFailureNoLogCanTellOf(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("log");
        LogFile failing = sought(path, new Untellable());
        try (Epoll epoll = Epoll.create(); FileIo.Pipe one = FileIo.pipe2(0); FileIo.Pipe two = FileIo.pipe2(0)) {
            LogStream first = new LogStream("c1", ContainerLog.Stream.OUT, one.read(), true, failing, epoll, 1);
            LogStream second = new LogStream("c2", ContainerLog.Stream.OUT, two.read(), true, LogFile.at(null), epoll, 2);
            first.start();
            second.start();
            LogPump pump = pump(epoll, Map.of(1L, first, 2L, second));
            Thread thread = Thread.ofPlatform().daemon().start(pump);
            one.write().writeFully(new byte[]{'x'});
            assertThat(first.ended().await(30, TimeUnit.SECONDS)).isTrue();
            two.write().close();
            assertThat(second.ended().await(30, TimeUnit.SECONDS)).isTrue();
            pump.close();
            epoll.wake();
            thread.join();
        }
        assertThat(path).doesNotExist();
    }

    /** Its container would wait for ever once its pipe is full. */
    @Test
    void goesOnWithAStreamThatMemoryRanOutOver(@TempDir Path dir) throws Exception {
        Path path = dir.resolve("log");
        try (Epoll epoll = Epoll.create();
                FileIo.Pipe pipe = FileIo.pipe2(0);
                LogFile file = sought(path, new OutOfMemoryError("of a test"))) {
            LogStream stream = new LogStream("c1", ContainerLog.Stream.OUT, pipe.read(), true, file, epoll, 1);
            stream.start();
            LogPump pump = pump(epoll, Map.of(1L, stream));
            Thread thread = Thread.ofPlatform().daemon().start(pump);
            pipe.write().writeFully("text\n".getBytes(StandardCharsets.US_ASCII));
            pipe.write().close();
            assertThat(stream.ended().await(30, TimeUnit.SECONDS)).isTrue();
            pump.close();
            epoll.wake();
            thread.join();
            assertThat(path).exists();
            assertThat(Files.readString(path)).endsWith(" stdout F text\n");
        }
    }

    /** A log that cannot be had at first, then fails so, and then is there. */
    private static LogFile sought(Path path, Error failure) {
        AtomicInteger questions = new AtomicInteger();
        return LogFile.sought(() -> {
            int question = questions.incrementAndGet();
            if (question == 1) {
                throw new IOException("not yet");
            }
            if (question == 2) {
                throw failure;
            }
            return path;
        });
    }

    private static LogPump pump(Epoll epoll, Map<Long, LogStream> streams) {
        return new LogPump(epoll, streams, new HungLogs(), new LogBuffers(ContainerLogs.DEFAULT_MAX_LINE, null), () -> {
        }, () -> {
        });
    }

    /** That a client has room is told once: it may be among the events that a pump which hangs has not come to. */
    @Test
    void goesOnWithTheEventsThatAPumpWhichHangsHasLeft(@TempDir Path dir) throws Exception {
        int page = 4096;
        Map<Long, LogStream> streams = new HashMap<>();
        HungLogs hung = new HungLogs();
        CountDownLatch hangs = new CountDownLatch(1);
        Semaphore back = new Semaphore(0);
        try (Epoll epoll = Epoll.create();
                FileIo.Pipe one = FileIo.pipe2(0);
                FileIo.Pipe two = FileIo.pipe2(0);
                LogFile file = LogFile.at(dir.resolve("log"))) {
            LogStream slow = new LogStream("c1", ContainerLog.Stream.OUT, one.read(), true, file, epoll, 1);
            LogStream tapped = new LogStream("c2", ContainerLog.Stream.OUT, two.read(), true, LogFile.at(null), epoll, 2);
            slow.start();
            tapped.start();
            streams.put(1L, slow);
            streams.put(2L, tapped);
            try (Fd client = tapped.tap(page)) {
                two.write().writeFully(new byte[3 * page]);
                tapped.ready(new LogBuffers(page, null)); // now it waits for its client
                one.write().writeFully(new byte[]{'x'});
                assertThat(client.read(new byte[page], page)).isEqualTo(page);
                LogPump first = new LogPump(epoll, streams, hung, new LogBuffers(page, null), () -> {
                    hangs.countDown();
                    back.acquireUninterruptibly();
                }, () -> {
                });
                Thread firstThread = Thread.ofPlatform().daemon().start(first);
                assertThat(hangs.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(first.retireFrom(first.visit())).isTrue();
                LogPump second = new LogPump(epoll, streams, hung, new LogBuffers(page, null), () -> {
                }, () -> {
                });
                Thread secondThread = Thread.ofPlatform().daemon().start(second);
                assertThat(FileIo.poll(client, FileIo.POLLIN, 30_000)).isEqualTo(FileIo.POLLIN);
                back.release();
                firstThread.join();
                second.close();
                epoll.wake();
                secondThread.join();
            }
            tapped.end();
        }
    }
}

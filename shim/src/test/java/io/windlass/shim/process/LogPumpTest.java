package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LogPumpTest {

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

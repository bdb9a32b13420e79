package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.FileIo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

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
                LogStream stream = new LogStream("c1", ContainerLog.Stream.OUT, pipe.read(), true, new LogFile(null), epoll, token);
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
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Epoll;
import io.windlass.shim.linux.FileIo;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogPumpTest {

    /** Without buffers each visit fails. */
    @Test
    void outlivesAStreamThatFails() throws Exception {
        Map<Long, LogStream> streams = new HashMap<>();
        try (Epoll epoll = Epoll.create(); FileIo.Pipe one = FileIo.pipe2(0); FileIo.Pipe two = FileIo.pipe2(0)) {
            for (FileIo.Pipe pipe : new FileIo.Pipe[]{one, two}) {
                long token = streams.size() + 1;
                streams.put(token, new LogStream("c" + token, ContainerLog.Stream.OUT, pipe.read(), true, new LogFile(null), epoll, token));
                streams.get(token).start();
            }
            LogPump pump = new LogPump(epoll, streams, new HungLogs(), null, () -> {
            }, () -> {
            });
            Thread thread = Thread.ofPlatform().start(pump);
            for (FileIo.Pipe pipe : new FileIo.Pipe[]{one, two}) {
                pipe.write().writeFully(new byte[]{'x'});
                LogStream stream = streams.get(pipe == one ? 1L : 2L);
                assertThat(stream.ended().await(30, TimeUnit.SECONDS)).isTrue();
            }
            pump.close();
            epoll.wake();
            thread.join();
        }
    }
}

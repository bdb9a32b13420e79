package io.windlass.shim.process;

import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Spawn;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessWatcherTest {

    /** A failure that not even a log can tell of. */
    private static final class Untellable extends IOException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("of a test");
        }
    }

    private static PidFd ended() throws IOException {
        PidFd process = PidFd.open(Spawn.of("/bin/sh", List.of("sh", "-c", "exit 0")).start());
        process.waitExit();
        return process;
    }

    @Test
    void tellsAgainWhereMemoryRunsOut() throws Exception {
        CountDownLatch left = new CountDownLatch(3);
        try (PidFd process = ended(); ProcessWatcher watcher = new ProcessWatcher("test-watcher")) {
            watcher.watch(process, () -> {
                left.countDown();
                if (left.getCount() > 0) {
                    throw new OutOfMemoryError("of a test");
                }
            });
            assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void goesOnWhereThereIsNoMemoryToLogWhatFailed() throws Exception {
        CountDownLatch left = new CountDownLatch(2);
        try (PidFd process = ended(); ProcessWatcher watcher = new ProcessWatcher("test-watcher")) {
            watcher.watch(process, () -> {
                left.countDown();
                if (left.getCount() > 0) {
                    throw new Untellable();
                }
            });
            assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatIsTriedAgainAndFailsForGoodCostsTheOthersNothing() throws Exception {
        CountDownLatch left = new CountDownLatch(2);
        try (PidFd one = ended(); PidFd two = ended(); ProcessWatcher watcher = new ProcessWatcher("test-watcher")) {
            watcher.watch(one, failing(left));
            watcher.watch(two, failing(left));
            assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static ProcessWatcher.Ended failing(CountDownLatch left) {
        AtomicBoolean again = new AtomicBoolean();
        return () -> {
            if (again.getAndSet(true)) {
                left.countDown();
                throw new LinkageError("of a test");
            }
            throw new IOException("of a test");
        };
    }
}

package io.windlass.shim.process;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExitWatcherTest {

    /** By then the container may be closed, and its shim be gone. */
    @Test
    void tellsTheSameAgainWhereMemoryRanOutOverIt() throws Exception {
        BlockingQueue<ExitStatus> told = new LinkedBlockingQueue<>();
        AtomicInteger times = new AtomicInteger();
        try (Box box = new Box()) {
            ShimProcess container = box.launcher.start("a", box.launcher.prepare(box.spec(Box.shell("exit 5")), false), box.record("a"));
            try (ExitWatcher watcher = new ExitWatcher(status -> {
                told.add(status);
                if (times.incrementAndGet() == 1) {
                    container.close();
                    throw new OutOfMemoryError("of a test");
                }
            })) {
                watcher.watch(container);
                ExitStatus first = told.poll(30, TimeUnit.SECONDS);
                assertThat(first).isNotNull().returns(5, ExitStatus::code);
                assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(first);
            }
        }
    }
}

package io.windlass.cri.store;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CreationsTest {
    private final Creations<String, Integer> creations = new Creations<>();

    @Test
    void createsOnceAKey() throws Exception {
        assertThat(creations.create("a", () -> 1)).isEqualTo(1);
        assertThat(creations.create("a", () -> 2)).isEqualTo(1);
        assertThat(creations.create("b", () -> 2)).isEqualTo(2);
    }

    @Test
    void letsARetryJoinTheCreationUnderWay() throws Exception {
        var started = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        var calls = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> creations.create("a", () -> {
                started.countDown();
                mayEnd.await();
                return calls.incrementAndGet();
            }));
            started.await();
            var second = threads.submit(() -> creations.create("a", calls::incrementAndGet));
            mayEnd.countDown();
            assertThat(first.get()).isEqualTo(1);
            assertThat(second.get()).isEqualTo(1);
        }
    }

    @Test
    void leavesTheKeyFreeAfterAFailure() throws Exception {
        assertThatThrownBy(() -> creations.create("a", () -> {
            throw new IOException("no");
        })).isInstanceOf(IOException.class);
        assertThat(creations.create("a", () -> 2)).isEqualTo(2);
    }

    @Test
    void releasesOnlyWhatTheKeyStandsFor() throws Exception {
        creations.restore("a", 1);
        creations.release("a", 9);
        assertThat(creations.create("a", () -> 2)).isEqualTo(1);
        creations.release("a", 1);
        assertThat(creations.create("a", () -> 2)).isEqualTo(2);
    }

    @Test
    void releasesWhatIsGoneBeforeItsCreationHasReturned() throws Exception {
        assertThat(creations.create("a", () -> {
            creations.release("a", 1);
            return 1;
        })).isEqualTo(1);
        assertThat(creations.create("a", () -> {
            creations.release("a", 9);
            return 2;
        })).isEqualTo(2);
        assertThat(creations.create("a", () -> 3)).isEqualTo(2);
    }
}

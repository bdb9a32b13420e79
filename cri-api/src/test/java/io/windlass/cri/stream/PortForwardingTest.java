package io.windlass.cri.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client can make the daemon keep of its pairs, and what becomes of them where no thread can be made. */
@Timeout(60)
class PortForwardingTest {

    private final LoopFixture loop = new LoopFixture();
    /** Dials that have got a thread, which never comes to them. */
    private final List<Runnable> hanging = new ArrayList<>();
    private final PortForwarding forwarding = new PortForwarding("s1", new NoThreads(), loop.flow, this::execute);
    private boolean exhausted;

    private void execute(Runnable dial) {
        if (exhausted) {
            throw NoThreads.error();
        }
        hanging.add(dial);
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    private static ToldStream half(String type, int request) {
        return new ToldStream(Map.of("streamtype", type, "port", "80", "requestid", "r" + request));
    }

    private record Pair(ToldStream data, ToldStream error) {
        private void assertFailed() {
            assertThat(error.text()).isEqualTo("port 80 of sandbox s1 cannot be reached: " + NoThreads.MESSAGE);
            assertThat(error.finished).isTrue();
            assertThat(data.reset).isTrue();
        }
    }

    private Pair pair(int request) {
        Pair pair = new Pair(half("data", request), half("error", request));
        assertThat(forwarding.opened(pair.error)).isTrue();
        assertThat(forwarding.opened(pair.data)).isTrue();
        return pair;
    }

    @Test
    void dialThatWaitsGoesWithItsConnection() throws Exception {
        loop.run(() -> {
            for (int i = 0; i < PortForwarding.DIALS + 100; i++) {
                pair(i).data.resetByClient();
            }
            assertThat(hanging).hasSize(PortForwarding.DIALS);
            assertThat(forwarding.kept()).isZero();
        });
    }

    /** Their streams may have been reset long since. */
    @Test
    void halvesBeyondAThousandAreRefused() throws Exception {
        loop.run(() -> {
            for (int i = 0; i < PortForwarding.MAX_WAITING; i++) {
                assertThat(forwarding.opened(half("data", i))).isTrue();
            }
            assertThat(forwarding.opened(half("data", PortForwarding.MAX_WAITING))).isFalse();
            assertThat(forwarding.opened(half("error", 0))).isTrue();
            assertThat(forwarding.opened(half("data", PortForwarding.MAX_WAITING))).isTrue();
        });
    }

    @Test
    void nothingIsKeptOfAClientThatHasGone() throws Exception {
        loop.run(() -> {
            for (int i = 0; i < PortForwarding.DIALS + 10; i++) {
                pair(i);
            }
            assertThat(forwarding.opened(half("error", 1000))).isTrue();
            assertThat(forwarding.opened(half("data", 1001))).isTrue();
            forwarding.disconnected();
            assertThat(forwarding.kept()).isZero();
        });
    }

    @Test
    void dialThatGetsNoThreadFailsAndTakesNoPlace() throws Exception {
        List<Pair> pairs = new ArrayList<>();
        loop.run(() -> {
            exhausted = true;
            for (int i = 0; i < PortForwarding.DIALS; i++) {
                pairs.add(pair(i));
            }
        });
        loop.run(() -> {
            assertThat(pairs).allSatisfy(Pair::assertFailed);
            exhausted = false;
            pair(PortForwarding.DIALS);
            assertThat(hanging).hasSize(1);
        });
    }

    @Test
    void dialThatWantsMoreThreadsFailsAndTakesNoPlace() throws Exception {
        List<Pair> pairs = new ArrayList<>();
        loop.run(() -> {
            for (int i = 0; i < PortForwarding.DIALS; i++) {
                pairs.add(pair(i));
            }
            List.copyOf(hanging).forEach(Runnable::run);
            hanging.clear();
        });
        loop.run(() -> {
            assertThat(pairs).allSatisfy(Pair::assertFailed);
            pair(PortForwarding.DIALS);
            assertThat(hanging).hasSize(1);
        });
    }
}

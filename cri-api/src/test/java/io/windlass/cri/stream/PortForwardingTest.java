package io.windlass.cri.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client can make the daemon keep of its pairs. */
@Timeout(60)
class PortForwardingTest {

    private final LoopFixture loop = new LoopFixture();
    /** Dials that have got a thread, which they never leave. */
    private final List<Runnable> hanging = new ArrayList<>();
    private final PortForwarding forwarding = new PortForwarding("s1", new HostTarget(), loop.flow, hanging::add);

    @AfterEach
    void stop() {
        loop.close();
    }

    private static ToldStream half(String type, int request) {
        return new ToldStream(Map.of("streamtype", type, "port", "80", "requestid", "r" + request));
    }

    /** The stream of the data of a pair, both of whose halves are there. */
    private ToldStream pair(int request) {
        ToldStream data = half("data", request);
        assertThat(forwarding.opened(half("error", request))).isTrue();
        assertThat(forwarding.opened(data)).isTrue();
        return data;
    }

    @Test
    void dialThatWaitsGoesWithItsConnection() throws Exception {
        loop.run(() -> {
            for (int i = 0; i < PortForwarding.DIALS + 100; i++) {
                pair(i).resetByClient();
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
}

package io.windlass.cri.stream;

import io.grpc.Status.Code;
import io.windlass.cri.error.CriException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PendingRequestsTest {

    private static final StreamRequest ATTACH = new StreamRequest.Attach("c1", new Wanted(false, true, false, false));

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final PendingRequests pending = new PendingRequests(() -> now);

    @Test
    void tokenServesItsRequestOnce() {
        String token = pending.add(ATTACH);
        assertThat(pending.take(Verb.ATTACH, token)).contains(ATTACH);
        assertThat(pending.take(Verb.ATTACH, token)).isEmpty();
    }

    @Test
    void wrongVerbUsesTheTokenUp() {
        String token = pending.add(ATTACH);
        assertThat(pending.take(Verb.EXEC, token)).isEmpty();
        assertThat(pending.take(Verb.ATTACH, token)).isEmpty();
    }

    @Test
    void tokenEndsAfterItsLifetime() {
        String young = pending.add(ATTACH);
        now = now.plus(PendingRequests.LIFETIME).minusMillis(1);
        assertThat(pending.take(Verb.ATTACH, young)).isPresent();
        String old = pending.add(ATTACH);
        now = now.plus(PendingRequests.LIFETIME);
        assertThat(pending.take(Verb.ATTACH, old)).isEmpty();
    }

    @Test
    void tokensAre128BitsAndFitAPath() {
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            String token = pending.add(ATTACH);
            assertThat(token).matches("[A-Za-z0-9_-]{22}");
            tokens.add(token);
        }
        assertThat(tokens).hasSize(100);
    }

    @Test
    void moreThanTheMaximumIsRefusedUntilSomeExpire() {
        for (int i = 0; i < PendingRequests.MAX; i++) {
            pending.add(ATTACH);
        }
        assertThatThrownBy(() -> pending.add(ATTACH)).isInstanceOfSatisfying(CriException.class,
                e -> assertThat(e.code()).isEqualTo(Code.RESOURCE_EXHAUSTED));
        now = now.plus(Duration.ofSeconds(60));
        assertThat(pending.add(ATTACH)).isNotEmpty();
    }
}

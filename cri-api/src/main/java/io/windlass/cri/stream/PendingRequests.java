package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Requests whose client has not connected yet, by token. A token is 128 bits from {@link SecureRandom}, stands for one request and is gone
 * once it was shown, whether it fitted or not; after {@link #LIFETIME} it is gone anyway.
 *
 * <pre>
 * String token = pending.add(new StreamRequest.Attach(id, wanted));
 * pending.take(Verb.ATTACH, token);  // the request
 * pending.take(Verb.ATTACH, token);  // empty
 * </pre>
 */
public final class PendingRequests {

    /** How long a token is good for. */
    public static final Duration LIFETIME = Duration.ofSeconds(60);

    /** Most requests waiting at a time. */
    public static final int MAX = 1000;

    private static final int TOKEN_BYTES = 16;

    private record Entry(StreamRequest request, Instant expires) {}

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    /** In order of age, as all live equally long. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** An empty set. */
    public PendingRequests(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Keeps a request.
     *
     * @return its token, 22 characters of A-Z a-z 0-9 - _
     * @throws CriException RESOURCE_EXHAUSTED while {@link #MAX} requests are waiting
     */
    synchronized String add(StreamRequest request) {
        Instant now = clock.instant();
        dropExpired(now);
        if (entries.size() >= MAX) {
            throw CriException.resourceExhausted(
                    MAX + " exec, attach and port-forward requests wait for their clients: connect to them or try again in "
                            + LIFETIME.toSeconds() + " s");
        }
        byte[] bits = new byte[TOKEN_BYTES];
        random.nextBytes(bits);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        entries.put(token, new Entry(request, now.plus(LIFETIME)));
        return token;
    }

    /** The request of a token, if it is waiting, young enough and of that verb; the token is worth nothing afterwards. */
    synchronized Optional<StreamRequest> take(Verb verb, String token) {
        dropExpired(clock.instant());
        Entry entry = entries.remove(token);
        return entry != null && entry.request.verb() == verb ? Optional.of(entry.request) : Optional.empty();
    }

    private void dropExpired(Instant now) {
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext() && !now.isBefore(oldest.next().expires)) {
            oldest.remove();
        }
    }
}

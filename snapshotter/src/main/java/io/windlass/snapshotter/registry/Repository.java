package io.windlass.snapshotter.registry;

import io.windlass.shim.linux.Shortage;
import io.windlass.snapshotter.content.BlobSource;
import io.windlass.snapshotter.oci.Descriptor;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Document;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.MediaType;
import io.windlass.snapshotter.oci.Reference;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpConnectTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A repository as it is seen during one pull. Hosts are tried in their order, but those that could not be connected to in time a short
 * while ago after all others; one that cannot be reached is not asked again. When all fail, the failure of the last in their order gives
 * the kind and the message names every host's. A failure of this node is no host's and ends the search.
 */
public final class Repository {
    private static final Map<String, List<String>> ACCEPT = Map.of("Accept", List.of(String.join(", ", MediaType.ACCEPTED)));

    private final Reference reference;
    private final DownHosts down;
    private final List<HostSession> sessions = new ArrayList<>();

    /** @param down hosts that earlier pulls found out about */
    Repository(Transport transport, List<RegistryHost> hosts, DownHosts down, Reference reference, @Nullable Credentials credentials) {
        this.reference = reference;
        this.down = down;
        for (RegistryHost host : hosts) {
            sessions.add(new HostSession(transport, host, reference.domain(), reference.path(), credentials));
        }
    }

    /** What one host is asked for. */
    private interface Request<T> {
        T ask(HostSession session) throws IOException;
    }

    /**
     * Asks what the reference stands for.
     *
     * @return its digest, length and media type
     */
    public Descriptor resolve() throws IOException {
        Digest digest = reference.digest();
        return first(host -> host.pull() && (digest != null || host.resolve()), session -> {
            try (Answer head = session.send("HEAD", "manifests", reference.object(), ACCEPT)) {
                String named = head.header("docker-content-digest");
                if (head.status() == 200 && (digest != null || !named.isEmpty()) && head.length().isPresent()) {
                    return new Descriptor(type(head), digest != null ? digest : Digest.parse(named), head.length().getAsLong(), null);
                }
                if (head.status() == 404 || head.status() == 429 || head.status() >= 500) {
                    throw head.failure(reference.toString());
                }
            }
            return whole(session, digest);
        });
    }

    private Descriptor whole(HostSession session, @Nullable Digest expected) throws IOException {
        try (Answer answer = session.send("GET", "manifests", reference.object(), ACCEPT)) {
            if (answer.status() != 200) {
                throw answer.failure(reference.toString());
            }
            byte[] bytes = read(answer, reference.toString());
            return new Descriptor(type(answer), expected != null ? expected : Digest.sha256(bytes), bytes.length, null);
        }
    }

    private static String type(Answer answer) {
        String type = answer.header("content-type");
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip();
    }

    private static byte[] read(Answer answer, String what) throws IOException {
        byte[] bytes = answer.body().readAll(Document.LIMIT);
        if (bytes == null) {
            throw new ImageException(Kind.INVALID_ARGUMENT, what + ": the manifest has more than " + Document.LIMIT + " bytes");
        }
        return bytes;
    }

    /** Fetches a manifest or index and checks its digest. */
    public byte[] manifest(Descriptor descriptor) throws IOException {
        return first(RegistryHost::pull, session -> fetch(session, "manifests", descriptor));
    }

    /** Fetches a small blob, the configuration, and checks its digest. */
    public byte[] smallBlob(Descriptor descriptor) throws IOException {
        if (descriptor.size() > Document.LIMIT) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "the configuration of " + reference + " has more than " + Document.LIMIT + " bytes");
        }
        return first(RegistryHost::pull, session -> fetch(session, "blobs", descriptor));
    }

    private byte[] fetch(HostSession session, String kind, Descriptor descriptor) throws IOException {
        try (Answer answer = session.send("GET", kind, descriptor.digest().toString(), kind.equals("manifests") ? ACCEPT : Map.of())) {
            if (answer.status() != 200) {
                throw answer.failure(reference.repository() + "@" + descriptor.digest());
            }
            byte[] bytes = read(answer, descriptor.digest().toString());
            if (!descriptor.digest().of(bytes).equals(descriptor.digest())) {
                throw new ImageException(Kind.DATA_LOSS,
                        "registry " + session.host().authority() + " sent corrupt content for " + descriptor.digest());
            }
            return bytes;
        }
    }

    /** Returns a source for a layer's bytes, which resumes after a cut and goes on from another host when one fails. */
    public BlobSource blob(Descriptor descriptor) {
        return (from, sink) -> {
            BlobFetch fetch = new BlobFetch(descriptor, from, sink);
            first(RegistryHost::pull, session -> {
                fetch.from(session);
                return true;
            });
        };
    }

    /** Returns the hosts as they are asked: those that are known to be down after all others. The last one never is. */
    private List<HostSession> candidates() {
        List<HostSession> out = new ArrayList<>();
        List<HostSession> late = new ArrayList<>();
        for (HostSession session : sessions) {
            (session != sessions.getLast() && down.contains(session.host()) ? late : out).add(session);
        }
        out.addAll(late);
        return out;
    }

    private <T> T first(Predicate<RegistryHost> able, Request<T> request) throws IOException {
        SequencedMap<HostSession, ImageException> failures = new LinkedHashMap<>();
        for (HostSession session : candidates()) {
            if (!able.test(session.host()) || (session.dead() && session != sessions.getLast())) {
                continue;
            }
            try {
                T answer = request.ask(session);
                down.remove(session.host());
                return answer;
            } catch (InterruptedIOException e) {
                throw e;
            } catch (SinkException e) {
                throw e.failure();
            } catch (IOException e) {
                ImageException failure = e instanceof ImageException already
                        ? already
                        : new ImageException(Shortage.isBehind(e) ? Kind.RESOURCE_EXHAUSTED : Kind.UNAVAILABLE,
                                "registry " + session.host().authority() + ": " + e.getMessage(), e);
                if (failure.kind() == Kind.RESOURCE_EXHAUSTED) {
                    throw failure; // a shortage here; a registry's own has another kind, whatever its words are
                }
                failures.put(session, failure);
                if (failure.kind() == Kind.UNAVAILABLE) {
                    session.markDead();
                }
                if (failure.getCause() instanceof HttpConnectTimeoutException) {
                    down.add(session.host());
                }
            }
        }
        if (failures.isEmpty()) {
            throw new ImageException(Kind.FAILED_PRECONDITION, "no host for " + reference + " may be asked: check its hosts.toml");
        }
        ImageException last = failures.getOrDefault(sessions.getLast(), failures.sequencedValues().getLast());
        String all = failures.values().stream().map(failure -> String.valueOf(failure.getMessage())).collect(Collectors.joining("; "));
        throw failures.size() == 1 ? last : new ImageException(last.kind(), all, last);
    }
}

package io.windlass.snapshotter.registry;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One host's view of a repository: URLs, headers and authentication. */
final class HostSession {
    private static final List<String> DOCKER = List.of("docker.io", "index.docker.io", "registry-1.docker.io");

    private final Transport transport;
    private final RegistryHost host;
    private final String prefix;
    private final String suffix;
    private final Authenticator authenticator;
    private volatile boolean dead;

    HostSession(Transport transport, RegistryHost host, String registry, String path, @Nullable Credentials credentials) {
        this.transport = transport;
        this.host = host;
        this.prefix = host.base() + "/" + path;
        this.suffix = same(host.authority(), registry) ? "" : "?ns=" + registry;
        this.authenticator = new Authenticator(transport, host, path,
                credentials != null && mayShow(host, registry, credentials) ? credentials.secret() : null);
    }

    /**
     * Tells whether the host may see the credentials: it is the server they name. A kubelet's name none and are for the registry, which
     * hosts.toml may list as a host of its own. A mirror sees nothing of them; containerd would show them to it.
     */
    static boolean mayShow(RegistryHost host, String registry, Credentials credentials) {
        return credentials.server().isEmpty()
                ? host.origin() || same(host.authority(), registry)
                : same(host.authority(), credentials.server());
    }

    private static boolean same(String authority, String name) {
        return authority.equalsIgnoreCase(name) || (DOCKER.contains(authority) && DOCKER.contains(name));
    }

    RegistryHost host() {
        return host;
    }

    /** Tells whether the host could not be reached during this pull; then it is not asked again. */
    boolean dead() {
        return dead;
    }

    void markDead() {
        dead = true;
    }

    /** Asks for {@code object} of {@code kind}, {@code manifests} or {@code blobs}, answering one challenge. */
    Answer send(String method, String kind, String object, Map<String, List<String>> headers) throws IOException {
        URI uri = URI.create(prefix + "/" + kind + "/" + object + suffix);
        String shown = authenticator.header();
        Answer first = transport.send(host, method, uri, headers(headers, shown));
        if (first.status() != 401 || !uri.getRawAuthority().equals(first.response().uri().getRawAuthority())) {
            return first;
        }
        try {
            if (!authenticator.answer(first, shown)) {
                return first;
            }
        } catch (IOException | RuntimeException e) {
            first.close();
            throw e;
        }
        first.close();
        return transport.send(host, method, uri, headers(headers, authenticator.header()));
    }

    private Map<String, List<String>> headers(Map<String, List<String>> own, @Nullable String authorization) {
        Map<String, List<String>> out = new LinkedHashMap<>(host.headers());
        out.putAll(own);
        if (authorization != null) {
            out.put("Authorization", List.of(authorization));
        }
        return out;
    }
}

package io.windlass.snapshotter.registry;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One place to ask for images of a registry: the registry itself or a mirror.
 *
 * @param base the root of the API with its path, {@code https://registry-1.docker.io/v2}, without a slash at the end
 * @param origin whether this stands for the registry, so that credentials without a server address are for it
 * @param pull whether manifests and blobs may be fetched by digest here
 * @param resolve whether it may be asked what a tag stands for
 * @param tls how to trust it
 * @param headers sent with every request to it
 * @param dialTimeout how long connecting may take
 */
record RegistryHost(URI base, boolean origin, boolean pull, boolean resolve, Tls tls, Map<String, List<String>> headers,
        Duration dialTimeout) {
    static final Duration DIAL_TIMEOUT = Duration.ofSeconds(10);

    /**
     * How a server is trusted. Equal values share an HTTP client.
     *
     * @param skipVerify whether any certificate will do
     * @param authorities PEM files with further authorities
     * @param client pairs of PEM files, a certificate and its key; the second may be the first
     */
    record Tls(boolean skipVerify, List<Path> authorities, List<Pair> client) {
        static final Tls DEFAULT = new Tls(false, List.of(), List.of());
    }

    /** A certificate and its key. */
    record Pair(Path certificate, Path key) {}

    /** Returns the host with its port as the URL has it. */
    String authority() {
        return base.getRawAuthority();
    }

    boolean plain() {
        return "http".equals(base.getScheme());
    }
}

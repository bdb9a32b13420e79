package io.windlass.snapshotter.registry;

import io.windlass.shim.linux.Shortage;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Text;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends one request and follows its redirects: at most five, never from HTTPS to HTTP, and to another host without any header that was for the first. */
final class Transport implements AutoCloseable {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> ANYWHERE = Set.of("accept", "range", "user-agent");
    private static final int REDIRECT_LIMIT = 5;
    private static final int PROXY_UNAUTHORIZED = 407;

    private final HttpClients clients;
    private final EnvironmentProxies proxies;
    private final Duration stall;

    Transport(EnvironmentProxies proxies, Duration stall) {
        this.clients = new HttpClients(proxies);
        this.proxies = proxies;
        this.stall = stall;
    }

    /** Sends GET or HEAD. */
    Answer send(RegistryHost host, String method, URI uri, Map<String, List<String>> headers) throws IOException {
        URI at = uri;
        for (int hop = 0; hop <= REDIRECT_LIMIT; hop++) {
            boolean home = uri.getScheme().equals(at.getScheme()) && uri.getRawAuthority().equals(at.getRawAuthority());
            Answer answer = exchange(host, method, at, headers, home, BodyPublishers.noBody());
            if (!REDIRECTS.contains(answer.status())) {
                return answer;
            }
            answer.close();
            at = follow(at, answer.header("location"));
        }
        throw new ImageException(Kind.UNAVAILABLE,
                "registry " + host.authority() + " redirects more than " + REDIRECT_LIMIT + " times");
    }

    /** Sends a form, without following redirects. */
    Answer post(RegistryHost host, URI uri, String form) throws IOException {
        return exchange(host, "POST", uri, Map.of("Content-Type", List.of("application/x-www-form-urlencoded")), true,
                BodyPublishers.ofString(form));
    }

    private static URI follow(URI from, String location) throws ImageException {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new ImageException(Kind.FAILED_PRECONDITION,
                    "registry " + from.getAuthority() + " redirects to \"" + Text.shorten(location) + "\"", e);
        }
        boolean web = ("https".equals(to.getScheme()) || "http".equals(to.getScheme())) && to.getHost() != null;
        if (location.isEmpty() || !web || ("https".equals(from.getScheme()) && !"https".equals(to.getScheme()))) {
            throw new ImageException(Kind.FAILED_PRECONDITION,
                    "registry " + from.getAuthority() + " redirects from " + from.getScheme() + " to " + to.getScheme()
                            + ", which is refused");
        }
        return to;
    }

    private Answer exchange(RegistryHost host, String method, URI uri, Map<String, List<String>> headers, boolean home,
            BodyPublisher content)
            throws IOException {
        HttpRequest request = request(method, uri, headers, home, content);
        HttpResponse<Body> response;
        try {
            response = clients.send(host, request, ignored -> new Body(stall));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while registry " + uri.getAuthority() + " was asked");
        } catch (IOException e) {
            throw new ImageException(Shortage.isBehind(e) ? Kind.RESOURCE_EXHAUSTED : Kind.UNAVAILABLE,
                    "registry " + uri.getAuthority() + " cannot be reached: " + reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new ImageException(Kind.FAILED_PRECONDITION, "registry " + uri.getAuthority() + " cannot be asked: " + e.getMessage(), e);
        }
        if (response.statusCode() == PROXY_UNAUTHORIZED) {
            throw refusedByProxy(uri, response.body());
        }
        return new Answer(response);
    }

    /** Builds a request. What the client says against a header is not repeated: it would show the value. */
    private HttpRequest request(String method, URI uri, Map<String, List<String>> headers, boolean home, BodyPublisher content)
            throws ImageException {
        String proxyAuthorization = proxies.authorization(uri);
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(stall).method(method, content)
                    .setHeader("User-Agent", "windlass");
            headers.forEach((name, values) -> {
                if (home || ANYWHERE.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            if (proxyAuthorization != null) {
                request.setHeader("Proxy-Authorization", proxyAuthorization);
            }
            return request.build();
        } catch (IllegalArgumentException e) {
            throw new ImageException(Kind.FAILED_PRECONDITION, "registry " + uri.getAuthority()
                    + " cannot be asked: its name is no host's, or a header is malformed: check its hosts.toml and the credentials");
        }
    }

    /** @param body null where a tunnel was asked for */
    private static ImageException refusedByProxy(URI uri, @Nullable Body body) {
        if (body != null) {
            body.close();
        }
        return new ImageException(Kind.FAILED_PRECONDITION, "registry " + uri.getAuthority()
                + " cannot be reached: the proxy wants a user and password, or other ones: check HTTPS_PROXY and HTTP_PROXY (HTTP 407)");
    }

    private static String reason(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof java.nio.channels.UnresolvedAddressException) {
                return "its name is unknown";
            }
            if (at.getMessage() != null) {
                return Text.shorten(at.getMessage());
            }
        }
        return e instanceof java.net.ConnectException ? "connection refused" : e.getClass().getSimpleName();
    }

    @Override
    public void close() {
        clients.close();
    }
}

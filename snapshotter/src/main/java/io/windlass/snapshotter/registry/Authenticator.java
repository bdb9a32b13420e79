package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Json;
import io.windlass.snapshotter.oci.Text;
import io.windlass.snapshotter.registry.Credentials.IdentityToken;
import io.windlass.snapshotter.registry.Credentials.Password;
import io.windlass.snapshotter.registry.Credentials.RegistryToken;
import io.windlass.snapshotter.registry.Credentials.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Answers one host's challenges for one repository. A token server gets credentials only by HTTPS (or if the registry is plain HTTP itself), and only
 * when it belongs to the registry: the same host, or one of the same domain, as auth.docker.io for registry-1.docker.io. Any other gives a token for
 * nobody in particular. See the distribution specification's token and OAuth2 pages, and RFC 7617.
 */
final class Authenticator {
    private static final int TOKEN_LIMIT = 1 << 20;

    private final Transport transport;
    private final RegistryHost host;
    private final String path;
    private final @Nullable Secret secret;
    private volatile @Nullable String header;

    /** @param secret what may be shown to this host, or null */
    Authenticator(Transport transport, RegistryHost host, String path, @Nullable Secret secret) {
        this.transport = transport;
        this.host = host;
        this.path = path;
        this.secret = secret;
    }

    /** Returns the Authorization header to send, or null for none. */
    @Nullable
    String header() {
        return header;
    }

    /** Reads a 401 and gets a new header. Returns false when there is nothing to answer with. */
    synchronized boolean answer(Answer unauthorized, @Nullable String sent) throws IOException {
        if (header != null && !header.equals(sent)) {
            return true;
        }
        String found = null;
        for (Challenge challenge : Challenge.parse(unauthorized.response().headers().allValues("www-authenticate"))) {
            if (found == null) {
                found = switch (challenge.scheme()) {
                    case "bearer" -> secret instanceof RegistryToken given ? "Bearer " + given.token() : "Bearer " + token(challenge);
                    case "basic" -> secret instanceof Password given ? basic(given) : null;
                    default -> null;
                };
            }
        }
        boolean fresh = found != null && !found.equals(sent);
        header = found;
        return fresh;
    }

    private static String basic(Password password) {
        return "Basic "
                + Base64.getEncoder().encodeToString((password.username() + ":" + password.password()).getBytes(StandardCharsets.UTF_8));
    }

    private String token(Challenge challenge) throws IOException {
        URI realm = realm(challenge.parameter("realm"));
        String scope = challenge.parameter("scope").isEmpty() ? "repository:" + path + ":pull" : challenge.parameter("scope");
        String query = "service=" + encode(challenge.parameter("service")) + "&scope=" + encode(scope);
        Secret shown = Realms.belongs(host.base(), realm) ? secret : null;
        try (Answer answer = ask(realm, query, shown)) {
            if (answer.status() != 200) {
                throw answer.failure("token server " + realm.getAuthority());
            }
            byte[] bytes = answer.body().readAll(TOKEN_LIMIT);
            JsonNode document = Json.object(bytes == null ? new byte[0] : bytes, "the answer of token server " + realm.getAuthority());
            String token = Json.text(document, "token").isEmpty() ? Json.text(document, "access_token") : Json.text(document, "token");
            if (!Credentials.isToken(token)) {
                throw new ImageException(Kind.UNAUTHENTICATED, "token server " + realm.getAuthority() + " gave no token");
            }
            return token;
        }
    }

    private Answer ask(URI realm, String query, @Nullable Secret shown) throws IOException {
        if (shown instanceof IdentityToken given) {
            return transport.post(host, realm,
                    "grant_type=refresh_token&client_id=windlass&refresh_token=" + encode(given.token()) + "&" + query);
        }
        URI uri = URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query);
        return transport.send(host, "GET", uri,
                shown instanceof Password given ? Map.of("Authorization", List.of(basic(given))) : Map.of());
    }

    private URI realm(String text) throws ImageException {
        try {
            URI realm = URI.create(text);
            if (realm.getHost() != null && realm.getRawUserInfo() == null && realm.getRawFragment() == null
                    && ("https".equals(realm.getScheme()) || ("http".equals(realm.getScheme()) && host.plain()))) {
                return realm;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new ImageException(Kind.FAILED_PRECONDITION,
                "registry " + host.authority() + " names the token server \"" + Text.shorten(text) + "\": it must be an https URL");
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}

package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a pull may show a registry. They are for one host only and never printed.
 *
 * @param secret the secret itself
 * @param server the host (with port) they are for, or empty for the registry that the image's name begins with
 */
public record Credentials(Secret secret, String server) {

    /** A kind of secret. Its text form never shows it. */
    public sealed interface Secret {}

    /** A name and password, for basic authentication or to get a token with. */
    public record Password(String username, String password) implements Secret {
        @Override
        public String toString() {
            return "Password[redacted]";
        }
    }

    /** A refresh token, to get an access token with (OAuth2). */
    public record IdentityToken(String token) implements Secret {
        @Override
        public String toString() {
            return "IdentityToken[redacted]";
        }
    }

    /** A bearer token for the registry as it is. */
    public record RegistryToken(String token) implements Secret {
        @Override
        public String toString() {
            return "RegistryToken[redacted]";
        }
    }

    /**
     * Reads the fields of CRI's AuthConfig; absent ones are empty. Where several are given, the first of these counts: username, identity token, auth,
     * registry token.
     *
     * @param auth {@code base64(username:password)}
     * @return nothing when all fields are empty
     * @throws ImageException of kind INVALID_ARGUMENT when {@code auth}, {@code serverAddress} or {@code registryToken} is malformed
     */
    public static Optional<Credentials> of(String username, String password, String auth, String serverAddress, String identityToken,
            String registryToken)
            throws ImageException {
        Secret secret = secret(username, password, auth, identityToken, registryToken);
        return secret == null ? Optional.empty() : Optional.of(new Credentials(secret, host(serverAddress)));
    }

    private static @Nullable Secret secret(String username, String password, String auth, String identityToken, String registryToken)
            throws ImageException {
        if (!username.isEmpty()) {
            return new Password(username, password);
        }
        if (!identityToken.isEmpty()) {
            return new IdentityToken(identityToken);
        }
        if (!auth.isEmpty()) {
            return decode(auth);
        }
        if (registryToken.isEmpty()) {
            return null;
        }
        if (!isToken(registryToken)) {
            throw new ImageException(Kind.INVALID_ARGUMENT,
                    "invalid registry token in the pull credentials: it must be printable ASCII without spaces or line ends");
        }
        return new RegistryToken(registryToken);
    }

    /** Tells whether {@code text} can stand in a header as a bearer token: printable ASCII without spaces, not empty. */
    static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c <= '~');
    }

    private static Secret decode(String auth) throws ImageException {
        try {
            String pair = new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                int end = pair.indexOf('\0', colon);
                return new Password(pair.substring(0, colon), pair.substring(colon + 1, end < 0 ? pair.length() : end));
            }
        } catch (IllegalArgumentException e) {
            // told below, without the secret
        }
        throw new ImageException(Kind.INVALID_ARGUMENT, "invalid auth in the pull credentials: it must be base64 of username:password");
    }

    private static String host(String serverAddress) throws ImageException {
        if (serverAddress.isEmpty()) {
            return "";
        }
        try {
            String authority = URI.create(serverAddress.contains("://") ? serverAddress : "https://" + serverAddress).getRawAuthority();
            if (authority != null) {
                return authority;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new ImageException(Kind.INVALID_ARGUMENT, "invalid server address in the pull credentials: it must be a host, or a URL");
    }

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}

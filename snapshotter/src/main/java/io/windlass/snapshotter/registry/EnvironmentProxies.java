package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxies that HTTPS_PROXY and HTTP_PROXY name, {@code http://[user:password@]host[:port]}, for hosts that {@link NoProxy} leaves. */
final class EnvironmentProxies extends ProxySelector {
    private static final int DEFAULT_PORT = 80;

    private final Map<String, String> environment;
    private final NoProxy excluded;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
        this.excluded = NoProxy.parse(variable("NO_PROXY"));
    }

    private String variable(String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    /** @throws IllegalArgumentException where {@link #authorization} fails */
    @Override
    public List<Proxy> select(URI uri) {
        try {
            URI proxy = proxy(uri);
            return List.of(proxy == null ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, address(proxy)));
        } catch (ImageException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static InetSocketAddress address(URI proxy) {
        return new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort());
    }

    /**
     * Returns the Proxy-Authorization header for a request, or null for none. The client sends it to the proxy only: with CONNECT for
     * HTTPS (if the property jdk.http.auth.tunneling.disabledSchemes lets it), else with the request. A {@link java.net.Authenticator}
     * would do so too, but with one the client fails at a registry's 401 instead of returning it. See RFC 7617.
     *
     * @throws ImageException when the variable names a proxy that cannot be used
     */
    @Nullable
    String authorization(URI uri) throws ImageException {
        URI proxy = proxy(uri);
        if (proxy == null || proxy.getUserInfo() == null) {
            return null;
        }
        String pair = proxy.getUserInfo().contains(":") ? proxy.getUserInfo() : proxy.getUserInfo() + ":";
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable URI proxy(URI uri) throws ImageException {
        String name = "https".equals(uri.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
        String text = variable(name);
        if (text.isEmpty() || excluded.covers(uri)) {
            return null;
        }
        try {
            URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
            if ("http".equalsIgnoreCase(proxy.getScheme()) && proxy.getHost() != null) {
                return proxy;
            }
        } catch (IllegalArgumentException e) {
            // told below, without the password
        }
        throw new ImageException(Kind.FAILED_PRECONDITION, "registry " + uri.getAuthority() + " cannot be asked: " + name
                + " must be http://[user:password@]host[:port] with special characters as %XX: a proxy is not spoken to by https or socks");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // the request fails and says so
    }
}

package io.windlass.snapshotter.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, as other tools read them: NO_PROXY has hosts, domains and {@code *}. Never for loopback. */
final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = environment;
    }

    private String variable(String name) {
        return environment.getOrDefault(name, environment.getOrDefault(name.toLowerCase(Locale.ROOT), ""));
    }

    @Override
    public List<Proxy> select(URI uri) {
        String proxy = variable("https".equals(uri.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY");
        String host = String.valueOf(uri.getHost());
        if (proxy.isEmpty() || RegistryHosts.isLoopback(host) || excluded(host)) {
            return List.of(Proxy.NO_PROXY);
        }
        URI at = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(at.getHost(), at.getPort() < 0 ? 80 : at.getPort())));
    }

    private boolean excluded(String host) {
        for (String entry : variable("NO_PROXY").split(",", -1)) {
            String name = entry.strip().startsWith(".") ? entry.strip().substring(1) : entry.strip();
            if (name.equals("*") || (!name.isEmpty()
                    && (host.equalsIgnoreCase(name) || host.toLowerCase(Locale.ROOT).endsWith("." + name.toLowerCase(Locale.ROOT))))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // the request fails and says so
    }
}

package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.registry.RegistryHost.Pair;
import io.windlass.snapshotter.registry.RegistryHost.Tls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where to ask for images of a registry. Looked up anew for each pull, so that a changed file counts at once: {@code HOST_PORT_}, {@code HOST:PORT} and
 * {@code _default} in the certs.d directory, whichever is there first; in it hosts.toml, or else Docker's {@code *.crt}, {@code *.cert} and
 * {@code *.key} files.
 *
 * <p>
 * Without a file it is HTTPS, except on the loopback with a port other than 443: such a registry is spoken to in plain HTTP.
 */
final class RegistryHosts {
    private final @Nullable Path root;

    RegistryHosts(@Nullable Path root) {
        this.root = root;
    }

    /** Returns the hosts to try, in that order. */
    List<RegistryHost> of(String registry) throws ImageException {
        if (root == null) {
            return List.of(standard(registry));
        }
        int colon = registry.lastIndexOf(':');
        List<String> names = colon > 0
                ? List.of(registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_", registry, "_default")
                : List.of(registry, "_default");
        for (String name : names) {
            Path directory = root.resolve(name);
            if (Files.isDirectory(directory)) {
                return load(directory, registry);
            }
        }
        return List.of(standard(registry));
    }

    private static List<RegistryHost> load(Path directory, String registry) throws ImageException {
        try {
            Path toml = directory.resolve("hosts.toml");
            if (Files.exists(toml) && Files.size(toml) > 0) {
                return new HostsToml(directory, registry).parse(Files.readString(toml));
            }
            RegistryHost plain = standard(registry);
            Tls tls = certificates(directory);
            return List.of(tls.equals(Tls.DEFAULT)
                    ? plain
                    : new RegistryHost(plain.base(), true, true, true, tls, Map.of(), RegistryHost.DIAL_TIMEOUT));
        } catch (IOException e) {
            throw ImageException.of("cannot read the registry configuration in " + directory, e);
        }
    }

    private static Tls certificates(Path directory) throws IOException {
        List<Path> authorities = new ArrayList<>();
        List<Pair> client = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{crt,cert}")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(".crt")) {
                    authorities.add(file);
                } else {
                    Path key = file.resolveSibling(name.substring(0, name.length() - 5) + ".key");
                    client.add(new Pair(file, Files.exists(key) ? key : file));
                }
            }
        }
        return new Tls(false, List.copyOf(authorities), List.copyOf(client));
    }

    /** Returns the registry itself without any configuration. */
    static RegistryHost standard(String registry) {
        String authority = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
        String port = port(registry);
        boolean plain = !port.isEmpty() && !port.equals("443")
                && NoProxy.isLoopback(registry.substring(0, registry.length() - port.length() - 1));
        URI base = URI.create((plain ? "http://" : "https://") + authority + "/v2");
        return new RegistryHost(base, true, true, true, Tls.DEFAULT, Map.of(), RegistryHost.DIAL_TIMEOUT);
    }

    private static String port(String registry) {
        int colon = registry.lastIndexOf(':');
        return colon > registry.lastIndexOf(']') ? registry.substring(colon + 1) : "";
    }
}

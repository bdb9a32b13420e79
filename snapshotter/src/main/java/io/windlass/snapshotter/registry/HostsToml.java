package io.windlass.snapshotter.registry;

import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Text;
import io.windlass.snapshotter.registry.RegistryHost.Pair;
import io.windlass.snapshotter.registry.RegistryHost.Tls;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * A registry's hosts.toml as containerd reads it: {@code [host."URL"]} tables are tried in the order of the file, then {@code server}. Keys:
 * {@code capabilities}, {@code ca}, {@code client}, {@code skip_verify}, {@code header}, {@code override_path}, {@code dial_timeout}.
 */
final class HostsToml {
    private final Path directory;
    private final String registry;

    /**
     * @param directory where relative file names in it start
     * @param registry the registry it is for
     */
    HostsToml(Path directory, String registry) {
        this.directory = directory;
        this.registry = registry;
    }

    List<RegistryHost> parse(String text) throws ImageException {
        try {
            JsonNode root = new TomlMapper().readTree(text);
            List<RegistryHost> out = new ArrayList<>();
            for (Map.Entry<String, JsonNode> host : root.path("host").properties()) {
                out.add(host(host.getKey(), host.getValue(), false));
            }
            String server = root.path("server").asString("");
            out.add(server.isEmpty() ? fallback(root) : host(server, root, true));
            return out;
        } catch (JacksonException e) {
            throw bad(Text.shorten("" + e.getOriginalMessage()), e);
        } catch (IllegalArgumentException e) {
            throw bad(Text.shorten("" + e.getMessage()), e);
        }
    }

    private ImageException bad(String why, Exception cause) {
        return new ImageException(Kind.FAILED_PRECONDITION, "cannot use " + directory.resolve("hosts.toml") + ": " + why, cause);
    }

    /** The registry itself with the TLS settings of the top of the file. */
    private RegistryHost fallback(JsonNode root) {
        RegistryHost plain = RegistryHosts.standard(registry);
        Tls tls = tls(root);
        return new RegistryHost(plain.base(), true, plain.pull(), plain.resolve(), tls.equals(Tls.DEFAULT) ? plain.tls() : tls,
                headers(root), dial(root));
    }

    private RegistryHost host(String url, JsonNode config, boolean origin) {
        URI given = URI.create(url.startsWith("http") ? url : "https://" + url);
        if (given.getRawAuthority() == null || given.getRawUserInfo() != null || !List.of("http", "https").contains(given.getScheme())) {
            throw new IllegalArgumentException("\"" + url + "\" is no http or https URL of a host");
        }
        String path = given.normalize().getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        if (!config.path("override_path").asBoolean(false) && !path.endsWith("/v2")) {
            path += "/v2";
        }
        List<String> capabilities = strings(config.path("capabilities"));
        for (String capability : capabilities) {
            if (!List.of("pull", "resolve", "push", "referrers").contains(capability.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "unknown capability \"" + capability + "\": known are pull, resolve, push and referrers");
            }
        }
        URI base = URI.create(given.getScheme() + "://" + given.getRawAuthority() + path);
        return new RegistryHost(base, origin, can(capabilities, "pull"), can(capabilities, "resolve"), tls(config), headers(config),
                dial(config));
    }

    private static boolean can(List<String> capabilities, String wanted) {
        return capabilities.isEmpty() || capabilities.stream().anyMatch(wanted::equalsIgnoreCase);
    }

    private Tls tls(JsonNode config) {
        List<Pair> client = new ArrayList<>();
        JsonNode given = config.path("client");
        for (JsonNode pair : given.isArray() ? given.values() : given.isString() ? List.of(given) : List.<JsonNode>of()) {
            List<String> names = strings(pair);
            if (names.isEmpty() || names.size() > 2) {
                throw new IllegalArgumentException("\"client\" must be files, or pairs of certificate and key");
            }
            client.add(new Pair(directory.resolve(names.getFirst()), directory.resolve(names.getLast())));
        }
        List<Path> authorities = strings(config.path("ca")).stream().map(directory::resolve).toList();
        return new Tls(config.path("skip_verify").asBoolean(false), authorities, List.copyOf(client));
    }

    private static Map<String, List<String>> headers(JsonNode config) {
        Map<String, List<String>> out = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> header : config.path("header").properties()) {
            List<String> values = strings(header.getValue());
            checkHeader(header.getKey(), values);
            out.put(header.getKey(), values);
        }
        return out;
    }

    /** Refuses what the client would, but without a value in the message: it may be a secret. */
    private static void checkHeader(String name, List<String> values) {
        HttpRequest.Builder request = HttpRequest.newBuilder().header(name, "");
        try {
            values.forEach(value -> request.header(name, value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the value of the header \"" + name + "\" has characters that no header may have");
        }
    }

    private static List<String> strings(JsonNode node) {
        if (node.isMissingNode()) {
            return List.of();
        }
        List<String> out = new ArrayList<>();
        for (JsonNode value : node.isArray() ? node.values() : List.of(node)) {
            if (!value.isString()) {
                throw new IllegalArgumentException("a string was expected instead of a value of type " + value.getNodeType());
            }
            out.add(value.stringValue());
        }
        return out;
    }

    /** Reads Go's durations of one or more numbers with h, m, s or ms. */
    private static Duration dial(JsonNode config) {
        String text = config.path("dial_timeout").asString("");
        if (text.isEmpty()) {
            return RegistryHost.DIAL_TIMEOUT;
        }
        try {
            return text.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse("PT" + text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("dial_timeout \"" + text + "\" is no duration: use one such as 5s or 500ms", e);
        }
    }
}

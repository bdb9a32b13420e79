package io.windlass.snapshotter.registry;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that are asked without a proxy: the loopback, and what NO_PROXY has between commas, as Go reads it, and so other runtimes do
 * (golang.org/x/net/http/httpproxy):
 *
 * <pre>
 * *                                all hosts
 * 10.0.0.0/8, fd00::/8             addresses of a network
 * 10.0.0.1, ::1                    an address
 * example.com                      a host and all below it
 * .example.com, *.example.com      all below it
 * </pre>
 *
 * <p>
 * Hosts and addresses may end with a port, then only that one is meant. Names are not looked up: an address in NO_PROXY excludes no name.
 */
final class NoProxy {
    private static final Pattern NETWORK = Pattern.compile("(.+)/(\\d{1,3})");
    private static final Pattern WITH_PORT = Pattern.compile("([^:]*|\\[.*]):([^:]*)");

    /** What is asked for; {@code address} is null for a name. */
    private record Target(String host, @Nullable InetAddress address, String port) {}

    private sealed interface Rule {
        boolean covers(Target target);
    }

    private record Everything() implements Rule {
        @Override
        public boolean covers(Target target) {
            return true;
        }
    }

    private record Network(InetAddress first, int bits) implements Rule {
        @Override
        public boolean covers(Target target) {
            byte[] own = first.getAddress();
            return target.address != null && target.address.getAddress().length == own.length
                    && prefix(target.address.getAddress()).equals(prefix(own));
        }

        private BigInteger prefix(byte[] address) {
            return new BigInteger(1, address).shiftRight(address.length * 8 - bits);
        }
    }

    private record Domain(String suffix, boolean itself) implements Rule {
        @Override
        public boolean covers(Target target) {
            return target.address == null && (target.host.endsWith(suffix) || (itself && target.host.equals(suffix.substring(1))));
        }
    }

    private record OnPort(Rule rule, String port) implements Rule {
        @Override
        public boolean covers(Target target) {
            return target.port.equals(port) && rule.covers(target);
        }
    }

    private final List<Rule> rules;

    private NoProxy(List<Rule> rules) {
        this.rules = rules;
    }

    /** Reads the variable's value; what is malformed excludes nothing. */
    static NoProxy parse(String text) {
        List<Rule> rules = new ArrayList<>();
        for (String entry : text.toLowerCase(Locale.ROOT).split(",", -1)) {
            Rule rule = rule(entry.strip());
            if (rule != null) {
                rules.add(rule);
            }
        }
        return new NoProxy(rules);
    }

    private static @Nullable Rule rule(String entry) {
        if (entry.equals("*")) {
            return new Everything();
        }
        Matcher network = NETWORK.matcher(entry);
        if (network.matches()) {
            InetAddress first = literal(network.group(1));
            int bits = Integer.parseInt(network.group(2));
            return first == null || bits > first.getAddress().length * 8 ? null : new Network(first, bits);
        }
        Matcher withPort = WITH_PORT.matcher(entry);
        if (withPort.matches()) {
            Rule host = host(withPort.group(1));
            return host == null || withPort.group(2).isEmpty() ? host : new OnPort(host, withPort.group(2));
        }
        return host(entry);
    }

    private static @Nullable Rule host(String text) {
        InetAddress address = literal(text);
        if (address != null) {
            return new Network(address, address.getAddress().length * 8);
        }
        String name = text.startsWith("*.") ? text.substring(1) : text;
        return name.isEmpty() ? null : name.startsWith(".") ? new Domain(name, false) : new Domain("." + name, true);
    }

    /** Returns an address from its usual text, with or without brackets, or null for any other text. */
    private static @Nullable InetAddress literal(String text) {
        boolean dotted = text.split("\\.", -1).length == 4; // 10.1 is an address to Java only
        if (!dotted && text.indexOf(':') < 0) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Tells by its text whether a host is on the loopback: localhost, 127.x.x.x or [::1]. Nothing is looked up. */
    static boolean isLoopback(String host) {
        InetAddress address = literal(host);
        return host.equals("localhost") || address != null && address.isLoopbackAddress();
    }

    boolean covers(URI uri) {
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        InetAddress address = literal(host);
        if (isLoopback(host)) {
            return true;
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        Target target = new Target(host, address, Integer.toString(port));
        return rules.stream().anyMatch(rule -> rule.covers(target));
    }
}

package io.windlass.cri.stream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where streams are served.
 *
 * @param host an IPv4 or IPv6 address
 * @param port 0 for any that is free
 */
public record StreamAddress(InetAddress host, int port) {

    /**
     * Parses {@code ADDRESS:PORT}, an IPv6 address in brackets; names are not looked up.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static StreamAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean v6 = host.startsWith("[") && host.endsWith("]");
        String bare = v6 ? host.substring(1, host.length() - 1) : host;
        String digits = text.substring(colon + 1);
        boolean numeric = v6 ? bare.contains(":") && bare.matches("[0-9a-fA-F:.]+") : bare.matches("[0-9]+(\\.[0-9]+){3}");
        if (!numeric || !digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > 0xffff) {
            throw new IllegalArgumentException("not a streaming address: " + text + ", write ADDRESS:PORT such as 127.0.0.1:0 or [::1]:0");
        }
        try {
            return new StreamAddress(InetAddress.getByName(bare), Integer.parseInt(digits));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not a streaming address: " + text, e);
        }
    }

    /** Whether only this machine can reach it. */
    public boolean loopback() {
        return host.isLoopbackAddress();
    }

    /** The address for a socket. */
    InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    /** {@code ADDRESS:PORT} as in a URL. */
    static String authority(InetSocketAddress bound) {
        String host = bound.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
    }
}

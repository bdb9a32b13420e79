package io.windlass.cri.stream;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;

/**
 * Where streams are served.
 *
 * @param host an IPv4 or IPv6 address
 * @param port 0 for any that is free
 */
public record StreamAddress(InetAddress host, int port) {

    /** Addresses of other machines, kept for documentation, of IPv6 and IPv4; see RFC 3849 and RFC 5737. */
    private static final List<String> ELSEWHERE = List.of("2001:db8::1", "192.0.2.1");
    private static final int DISCARD_PORT = 9;

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

    /**
     * {@code ADDRESS:PORT} as in a URL. All addresses of the machine are none to connect to: in their place stands the one that it has on its
     * default route, or the loopback's where there is none.
     *
     * @param bound the port that it became
     */
    String authority(int bound) {
        String text = (host.isAnyLocalAddress() ? outward() : host).getHostAddress();
        return (text.contains(":") ? "[" + text + "]" : text) + ":" + bound;
    }

    private InetAddress outward() {
        for (String elsewhere : host instanceof Inet4Address ? List.of(ELSEWHERE.getLast()) : ELSEWHERE) {
            try (DatagramChannel socket = DatagramChannel.open()) {
                socket.connect(new InetSocketAddress(elsewhere, DISCARD_PORT)); // sends nothing: it only looks up the route, see udp(7)
                if (socket.getLocalAddress() instanceof InetSocketAddress local && !local.getAddress().isLinkLocalAddress()) {
                    return local.getAddress();
                }
            } catch (IOException | UnsupportedAddressTypeException e) {
                // no route, or no such addresses here: the next family may have one
            }
        }
        return InetAddress.getLoopbackAddress();
    }
}

package io.windlass.cni;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Objects;

/**
 * An address with the length of its network's prefix, such as {@code 10.88.0.5/16}.
 *
 * @param prefix bits, 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(InetAddress address, int prefix) {

    public Cidr {
        Objects.requireNonNull(address);
        if (prefix < 0 || prefix > address.getAddress().length * 8) {
            throw new IllegalArgumentException("prefix length " + prefix + " is out of range for " + Addresses.text(address));
        }
    }

    /** @throws IllegalArgumentException unless it reads {@code address/prefix} */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash > 0) {
            try {
                return new Cidr(parseAddress(text.substring(0, slash)),
                        Integer.parseUnsignedInt(text, slash + 1, text.length(), 10));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("\"" + text + "\" is not an address with a prefix length such as 10.88.0.0/16", e);
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is not an address with a prefix length such as 10.88.0.0/16");
    }

    /**
     * Parses a literal address; no name is ever looked up.
     *
     * @throws IllegalArgumentException unless it is an IPv4 or IPv6 literal without a scope
     */
    public static InetAddress parseAddress(String text) {
        if (text.indexOf('%') >= 0) {
            throw new IllegalArgumentException("\"" + text + "\" is not an IP address: leave the scope out");
        }
        if (text.indexOf(':') < 0 && text.chars().filter(c -> c == '.').count() != 3) {
            throw new IllegalArgumentException("\"" + text + "\" is not an IP address: write all four numbers");
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not an IP address", e);
        }
    }

    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    /** Returns the network: the same prefix with all other bits zero. */
    public Cidr network() {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int keep = Math.clamp(prefix - 8L * i, 0, 8);
            bytes[i] &= (byte) (0xff00 >> keep);
        }
        return new Cidr(Addresses.of(bytes), prefix);
    }

    /** Says whether the address lies in this network. */
    public boolean contains(InetAddress other) {
        return other.getAddress().length == address.getAddress().length
                && new Cidr(other, prefix).network().address().equals(network().address());
    }

    /** Returns {@code address/prefix}. */
    @Override
    public String toString() {
        return Addresses.text(address) + "/" + prefix;
    }
}

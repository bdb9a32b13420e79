package io.windlass.cni.bridge;

import io.windlass.cni.netlink.Link;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Names and hardware addresses of links, derived from what they are for, so that they are found again without a record. */
final class LinkNames {
    private static final String PORT_PREFIX = "veth";
    private static final byte[] OWN = {0x02, 0x57};

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final int PORT_DIGITS = 11;
    private static final Pattern PORT = Pattern.compile(PORT_PREFIX + "[0-9a-f]{" + PORT_DIGITS + "}");

    private LinkNames() {}

    /** The host's end of an attachment's pair: {@code veth} and 44 bits of a hash (FNV-1a) of sandbox and interface. */
    static String port(String sandboxId, String ifName) {
        long hash = FNV_OFFSET;
        for (byte b : Lease.key(sandboxId, ifName).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return PORT_PREFIX + HexFormat.of().toHexDigits(hash >>> 20, PORT_DIGITS);
    }

    /** Whether a link may be the host's end of a pair of ours: what plugins make is called otherwise. */
    static boolean isPort(String name) {
        return PORT.matcher(name).matches();
    }

    /** Whether a link has an address from here. */
    static boolean isOwn(Link link) {
        return link.mac().startsWith(HexFormat.ofDelimiter(":").formatHex(OWN) + ":");
    }

    /** A locally administered address with the last four bytes of an IP address: who gets the address later has the same, and caches stay true. */
    static byte[] mac(InetAddress address) {
        byte[] ip = address.getAddress();
        byte[] mac = Arrays.copyOf(OWN, 6);
        System.arraycopy(ip, ip.length - 4, mac, 2, 4);
        return mac;
    }
}

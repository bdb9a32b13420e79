package io.windlass.cni.bridge;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Names and hardware addresses of links, derived from what they are for, so that they are found again without a record. */
final class LinkNames {
    /** What names of bridge ports begin with. */
    static final String PORT_PREFIX = "veth";

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final int PORT_DIGITS = 11;

    private LinkNames() {}

    /** The host's end of an attachment's pair: {@code veth} and 44 bits of a hash (FNV-1a) of sandbox and interface. */
    static String port(String sandboxId, String ifName) {
        long hash = FNV_OFFSET;
        for (byte b : Lease.key(sandboxId, ifName).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return PORT_PREFIX + HexFormat.of().toHexDigits(hash >>> 20, PORT_DIGITS);
    }

    /** A locally administered address with the last four bytes of an IP address: who gets the address later has the same, and caches stay true. */
    static byte[] mac(InetAddress address) {
        byte[] ip = address.getAddress();
        byte[] mac = {0x02, 0x57, 0, 0, 0, 0};
        System.arraycopy(ip, ip.length - 4, mac, 2, 4);
        return mac;
    }
}

package io.windlass.cni;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Addresses from and to their bytes in network order and their text. */
public final class Addresses {
    private static final int GROUPS = 8;

    private Addresses() {}

    /** @throws IllegalArgumentException unless there are 4 or 16 bytes */
    public static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    /** Returns the one text that an address has by RFC 5952, such as {@code fd00::2}: the JDK writes {@code fd00:0:0:0:0:0:0:2}. */
    public static String text(InetAddress address) {
        if (address instanceof Inet4Address) {
            return address.getHostAddress();
        }
        ByteBuffer groups = ByteBuffer.wrap(address.getAddress());
        int start = 0;
        int length = 1; // a single group of zero is written out
        for (int i = 0, run = 0; i < GROUPS; i++) {
            run = groups.getShort(2 * i) == 0 ? run + 1 : 0;
            if (run > length) {
                length = run;
                start = i + 1 - run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (length > 1 && i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups.getShort(2 * i) & 0xffff));
            }
        }
        return text.toString();
    }
}

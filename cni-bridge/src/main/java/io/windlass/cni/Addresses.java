package io.windlass.cni;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses from and to their bytes in network order. */
public final class Addresses {
    private Addresses() {}

    /** @throws IllegalArgumentException unless there are 4 or 16 bytes */
    public static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }
}

package io.windlass.cni.bridge;

import io.windlass.cni.Addresses;
import io.windlass.cni.Cidr;
import java.net.InetAddress;
import java.util.BitSet;
import java.util.Optional;

/**
 * The addresses of a subnet: which are taken, and which comes next. An address that was given back is not given out again until all others
 * have been, since peers may still remember it. Neither the network's nor the gateway's nor the broadcast address is given out; of a large IPv6
 * subnet the first 65,534 are.
 */
final class AddressPool {
    private static final int FIRST = 2;
    private static final int MAX_BITS = 16;

    private final byte[] network;
    private final int end;
    private final BitSet taken = new BitSet();
    private int next = FIRST;

    AddressPool(Cidr subnet) {
        network = subnet.network().address().getAddress();
        int bits = network.length * 8 - subnet.prefix();
        int size = 1 << Math.min(bits, network.length == 4 ? 31 - 1 : MAX_BITS);
        end = size - 1;
    }

    /** Takes an address, the next free one after the last given out; empty where none is left. */
    synchronized Optional<InetAddress> take() {
        int offset = taken.nextClearBit(next);
        if (offset >= end) {
            offset = taken.nextClearBit(FIRST);
            if (offset >= end) {
                return Optional.empty();
            }
        }
        taken.set(offset);
        next = offset + 1;
        return Optional.of(address(offset));
    }

    /** Marks an address as taken, as found on disk; the search for free ones goes on behind the last so marked. False where it is not of this pool. */
    synchronized boolean mark(InetAddress address) {
        int offset = offset(address);
        if (offset < 0) {
            return false;
        }
        taken.set(offset);
        next = offset + 1;
        return true;
    }

    /** Gives an address back; one that is not of this pool is passed over. */
    synchronized void giveBack(InetAddress address) {
        int offset = offset(address);
        if (offset >= 0) {
            taken.clear(offset);
        }
    }

    synchronized int inUse() {
        return taken.cardinality();
    }

    private int offset(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return -1;
        }
        long offset = 0;
        for (int i = 0; i < bytes.length; i++) {
            int difference = (bytes[i] & 0xff) - (network[i] & 0xff);
            offset = offset * 256 + difference;
            if (offset < 0 || offset > Integer.MAX_VALUE) {
                return -1;
            }
        }
        return offset >= FIRST && offset < end ? (int) offset : -1;
    }

    private InetAddress address(int offset) {
        byte[] bytes = network.clone();
        int rest = offset;
        for (int i = bytes.length - 1; rest != 0; i--) { // host bits of the network are zero: nothing carries
            bytes[i] |= (byte) rest;
            rest >>>= 8;
        }
        return Addresses.of(bytes);
    }
}

package io.windlass.cni.bridge;

import io.windlass.cni.netlink.AddressRequests;
import io.windlass.cni.netlink.AddressRequests.Assigned;
import io.windlass.cni.netlink.Link;
import io.windlass.cni.netlink.Links;
import io.windlass.cni.netlink.RouteSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * What the kernel does on threads of its own after it has answered: until then it drops what is sent, and who asked for a pod's link address just
 * then asks again after a second. It takes some 10 µs, and milliseconds where processors are busy.
 */
final class Settling {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofNanos(100_000);
    private static final byte[] SOLICITED_NODE = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte) 0xff};
    private static final int ADDRESS_TAIL = 3;

    private Settling() {}

    private interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits until links pass packets, each after what it stands on. From Linux 6.8 on, asking for its state settles a link. */
    static void awaitLinks(RouteSocket socket, String... links) throws IOException {
        for (String link : links) {
            await(() -> Links.find(socket, link).map(Link::operational).orElse(true));
        }
    }

    /** Waits until a link hears who asks for its IPv6 addresses. */
    static void awaitAddresses(RouteSocket socket, int index, List<Assigned> addresses) throws IOException {
        Set<InetAddress> groups = new HashSet<>();
        for (Assigned assigned : addresses) {
            if (assigned.address() instanceof Inet6Address address) {
                groups.add(solicitedNode(address));
            }
        }
        if (!groups.isEmpty()) {
            await(() -> AddressRequests.listGroups(socket, index).containsAll(groups));
        }
    }

    /** RFC 4291, 2.7.1. */
    private static InetAddress solicitedNode(Inet6Address address) throws IOException {
        byte[] bytes = address.getAddress();
        System.arraycopy(SOLICITED_NODE, 0, bytes, 0, bytes.length - ADDRESS_TAIL);
        return InetAddress.getByAddress(bytes);
    }

    private static void await(Condition condition) throws IOException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.holds() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}

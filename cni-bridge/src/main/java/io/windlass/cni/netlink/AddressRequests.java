package io.windlass.cni.netlink;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.NetlinkMessage;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Requests about addresses and routes of links. See rtnetlink(7), RTM_NEWADDR and RTM_NEWROUTE, ip-address(8) and ip-route(8). */
public final class AddressRequests {
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_GETMULTICAST = 58;
    private static final int AF_UNSPEC = 0;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IFADDRMSG = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_MULTICAST = 7;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_NODAD = 2;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_BOOT = 3;
    private static final int RTN_UNICAST = 1;

    private AddressRequests() {}

    /** An address of a link. */
    public record Assigned(InetAddress address, int prefix) {}

    /**
     * Brings a link up with addresses, and default routes by gateways, in one call. IPv6 addresses are usable at once. A link without one gets no
     * link-local one either: the kernel would tell every port of the bridge about it.
     *
     * @param gateways next hops, each in the network of an address
     */
    public static void assign(RouteSocket socket, int index, List<Assigned> addresses, List<InetAddress> gateways) throws IOException {
        synchronized (socket) {
            if (addresses.stream().allMatch(assigned -> assigned.address() instanceof Inet4Address)) {
                Links.queueNoLinkLocal(socket, index);
            }
            Links.queueUp(socket, index);
            for (Assigned assigned : addresses) {
                address(socket.queue("add address " + assigned.address().getHostAddress(), RTM_NEWADDR,
                        NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE), index, assigned).u32(IFA_FLAGS, IFA_F_NODAD);
            }
            for (InetAddress gateway : gateways) {
                NetlinkMessage message = socket.queue("add default route via " + gateway.getHostAddress(), RTM_NEWROUTE,
                        NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE);
                message.u8(family(gateway)).u8(0).u8(0).u8(0).u8(RT_TABLE_MAIN).u8(RTPROT_BOOT).u8(0).u8(RTN_UNICAST).u32(0);
                message.attribute(RTA_GATEWAY, gateway.getAddress()).u32(RTA_OIF, index);
            }
            socket.flush();
        }
    }

    /** Takes addresses from a link, and with them the routes that need them; those that are not there are passed over. */
    public static void remove(RouteSocket socket, int index, List<Assigned> addresses) throws IOException {
        synchronized (socket) {
            for (Assigned assigned : addresses) {
                address(socket.queue("delete address " + assigned.address().getHostAddress(), RTM_DELADDR, 0), index, assigned);
                try {
                    socket.flush();
                } catch (ErrnoException e) {
                    if (e.errno() != Errno.EADDRNOTAVAIL && e.errno() != Errno.ENODEV) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Returns the addresses of a link, link-local ones too. */
    public static List<Assigned> list(RouteSocket socket, int index) throws IOException {
        return list(socket, "addresses", RTM_GETADDR, AF_UNSPEC, IFA_ADDRESS, index);
    }

    /** Returns the IPv6 multicast groups that a link has joined. */
    public static List<InetAddress> listGroups(RouteSocket socket, int index) throws IOException {
        return list(socket, "multicast groups", RTM_GETMULTICAST, AF_INET6, IFA_MULTICAST, index).stream().map(Assigned::address).toList();
    }

    private static List<Assigned> list(RouteSocket socket, String what, int type, int family, int attribute, int index) throws IOException {
        List<Assigned> addresses = new ArrayList<>();
        synchronized (socket) {
            socket.begin(type, NetlinkMessage.NLM_F_DUMP).u8(family).u8(0).u8(0).u8(0).u32(index);
            socket.ask("list " + what + " of link " + index, true, reader -> {
                byte[] bytes = reader.attributes(IFADDRMSG).bytes(attribute);
                if (bytes != null && reader.payload().getInt(4) == index) {
                    addresses.add(new Assigned(address(bytes), reader.payload().get(1) & 0xff));
                }
            });
        }
        return addresses;
    }

    private static NetlinkMessage address(NetlinkMessage message, int index, Assigned assigned) {
        byte[] bytes = assigned.address().getAddress();
        return message.u8(family(assigned.address())).u8(assigned.prefix()).u8(0).u8(0).u32(index).attribute(IFA_LOCAL, bytes)
                .attribute(IFA_ADDRESS, bytes);
    }

    private static int family(InetAddress address) {
        return address instanceof Inet4Address ? AF_INET : AF_INET6;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the kernel gave an address of " + bytes.length + " bytes", e);
        }
    }
}

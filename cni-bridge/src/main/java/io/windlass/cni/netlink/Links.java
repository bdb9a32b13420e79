package io.windlass.cni.netlink;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.NetlinkAttributes;
import io.windlass.shim.linux.NetlinkMessage;
import io.windlass.shim.linux.NetlinkReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Requests about links. See rtnetlink(7), RTM_NEWLINK and its like, and ip-link(8). */
public final class Links {
    /** The index of the loopback interface in every namespace. */
    public static final int LOOPBACK = 1;

    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int IFF_UP = 1;
    private static final int IFINFOMSG = 16;
    private static final int AF_INET6 = 10;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_EXT_MASK = 29;
    private static final int IFLA_NUM_TX_QUEUES = 31;
    private static final int IFLA_NUM_RX_QUEUES = 32;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_INFO_SLAVE_KIND = 4;
    private static final int IFLA_INFO_SLAVE_DATA = 5;
    private static final int IF_OPER_UP = 6;
    private static final int IFLA_BR_MCAST_SNOOPING = 23;
    private static final int IFLA_BRPORT_MODE = 4;
    private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
    private static final int IN6_ADDR_GEN_MODE_NONE = 1;
    private static final int VETH_INFO_PEER = 1;
    private static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;

    private static final boolean IPV6 = Files.exists(Path.of("/proc/sys/net/ipv6"));

    private Links() {}

    /** Brings a link up. */
    public static void up(RouteSocket socket, int index) throws IOException {
        synchronized (socket) {
            queueUp(socket, index);
            socket.flush();
        }
    }

    static void queueUp(RouteSocket socket, int index) {
        header(socket.queue("set link " + index + " up", RTM_NEWLINK, 0), index, IFF_UP, IFF_UP);
    }

    static void queueNoLinkLocal(RouteSocket socket, int index) {
        if (IPV6) {
            noLinkLocalAddress(header(socket.queue("set link " + index + " without a link-local address", RTM_NEWLINK, 0), index, 0, 0));
        }
    }

    /**
     * Makes a bridge, up; EEXIST where there is a link of that name. Multicast is flooded, not snooped: a new port has nothing to wait for.
     *
     * @param mac six bytes; it stays whatever ports come and go
     */
    public static void addBridge(RouteSocket socket, String name, byte[] mac, int mtu) throws IOException {
        synchronized (socket) {
            NetlinkMessage message = socket.queue("add bridge " + name, RTM_NEWLINK,
                    NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL);
            header(message, 0, IFF_UP, IFF_UP).string(IFLA_IFNAME, name).u32(IFLA_MTU, mtu).attribute(IFLA_ADDRESS, mac);
            int linkInfo = message.nest(IFLA_LINKINFO);
            message.string(IFLA_INFO_KIND, "bridge");
            int data = message.nest(IFLA_INFO_DATA);
            message.u8(IFLA_BR_MCAST_SNOOPING, 0);
            message.end(data);
            message.end(linkInfo);
            socket.flush();
        }
    }

    /**
     * Makes both ends where they belong, the near one up, a port of its bridge, in hairpin mode: moving an end into its namespace later would
     * wait for a kernel grace period. The far one cannot be up before it has a peer; see {@link AddressRequests#assign}.
     */
    public static void addVeth(RouteSocket socket, VethPair pair) throws IOException {
        synchronized (socket) {
            NetlinkMessage message = socket.queue("add veth " + pair.name(), RTM_NEWLINK,
                    NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL);
            header(message, 0, IFF_UP, IFF_UP).string(IFLA_IFNAME, pair.name()).u32(IFLA_MTU, pair.mtu()).u32(IFLA_MASTER, pair.master())
                    .u32(IFLA_NUM_TX_QUEUES, 1).u32(IFLA_NUM_RX_QUEUES, 1);
            int linkInfo = message.nest(IFLA_LINKINFO);
            message.string(IFLA_INFO_KIND, "veth");
            int data = message.nest(IFLA_INFO_DATA);
            int peer = message.nest(VETH_INFO_PEER);
            header(message, 0, 0, 0).string(IFLA_IFNAME, pair.peerName()).u32(IFLA_MTU, pair.mtu())
                    .attribute(IFLA_ADDRESS, pair.peerMac()).u32(IFLA_NUM_TX_QUEUES, 1).u32(IFLA_NUM_RX_QUEUES, 1)
                    .u32(IFLA_NET_NS_FD, pair.peerNamespace().number());
            message.end(peer);
            message.end(data);
            message.end(linkInfo);
            configurePort(socket, pair.name());
            socket.flush();
        }
    }

    /** What the kernel does not take while a link is made. */
    private static void configurePort(RouteSocket socket, String port) {
        NetlinkMessage message = socket.queue("set bridge port " + port, RTM_NEWLINK, 0);
        header(message, 0, 0, 0).string(IFLA_IFNAME, port);
        noLinkLocalAddress(message);
        int linkInfo = message.nest(IFLA_LINKINFO);
        message.string(IFLA_INFO_SLAVE_KIND, "bridge");
        int data = message.nest(IFLA_INFO_SLAVE_DATA);
        message.u8(IFLA_BRPORT_MODE, 1);
        message.end(data);
        message.end(linkInfo);
    }

    private static void noLinkLocalAddress(NetlinkMessage message) {
        if (!IPV6) {
            return;
        }
        int spec = message.nest(IFLA_AF_SPEC);
        int inet6 = message.nest(AF_INET6);
        message.u8(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
        message.end(inet6);
        message.end(spec);
    }

    /** Deletes a link, of a pair both ends; false where there is none of that name. Waits some 10 ms for the kernel's readers. */
    public static boolean delete(RouteSocket socket, String name) throws IOException {
        synchronized (socket) {
            header(socket.queue("delete link " + name, RTM_DELLINK, 0), 0, 0, 0).string(IFLA_IFNAME, name);
            try {
                socket.flush();
                return true;
            } catch (ErrnoException e) {
                if (e.errno() == Errno.ENODEV) {
                    return false;
                }
                throw e;
            }
        }
    }

    /** Finds a link by its name. */
    public static Optional<Link> find(RouteSocket socket, String name) throws IOException {
        List<Link> found = new ArrayList<>(1);
        synchronized (socket) {
            header(socket.begin(RTM_GETLINK, 0), 0, 0, 0).string(IFLA_IFNAME, name).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
            try {
                socket.ask("get link " + name, false, reader -> found.add(read(reader)));
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENODEV) {
                    throw e;
                }
            }
        }
        return found.stream().findFirst();
    }

    /** Returns all links of the namespace. */
    public static List<Link> list(RouteSocket socket) throws IOException {
        List<Link> links = new ArrayList<>();
        synchronized (socket) {
            header(socket.begin(RTM_GETLINK, NetlinkMessage.NLM_F_DUMP), 0, 0, 0).u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
            socket.ask("list links", true, reader -> links.add(read(reader)));
        }
        return links;
    }

    private static Link read(NetlinkReader reader) {
        NetlinkAttributes attributes = reader.attributes(IFINFOMSG);
        String name = attributes.string(IFLA_IFNAME);
        byte[] mac = attributes.bytes(IFLA_ADDRESS);
        return new Link(reader.payload().getInt(4), name == null ? "" : name, (reader.payload().getInt(8) & IFF_UP) != 0,
                attributes.number(IFLA_OPERSTATE, 0) == IF_OPER_UP, (int) attributes.number(IFLA_MASTER, 0),
                mac == null ? "" : HexFormat.ofDelimiter(":").formatHex(mac),
                (int) attributes.number(IFLA_MTU, 0));
    }

    /** struct ifinfomsg. */
    private static NetlinkMessage header(NetlinkMessage message, int index, int flags, int change) {
        return message.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(change);
    }
}

package io.windlass.cni.netlink;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Netlink;
import io.windlass.shim.linux.NetlinkMessage;
import io.windlass.shim.linux.NetlinkReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Makes the kernel forget connections that it tracks, by what they have in common: one request each, however many there are. An entry decides
 * where the packets of its connection go, whatever the rules say since. A kernel without such filters (before 5.8) forgets none. See the kernel's
 * nfnetlink_conntrack.h.
 */
public final class Conntrack {
    private static final int DELETE = 1 << 8 | 2;
    private static final int TUPLE_ORIG = 1;
    private static final int TUPLE_REPLY = 2;
    private static final int STATUS = 3;
    private static final int FILTER = 25;
    private static final int STATUS_MASK = 26;
    private static final int TUPLE_IP = 1;
    private static final int TUPLE_PROTO = 2;
    private static final int FILTER_ORIG = 1;
    private static final int FILTER_REPLY = 2;
    private static final int BY_SOURCE = 1;
    private static final int BY_PROTOCOL = 8;
    private static final int BY_DESTINATION_PORT = 32;
    private static final int TRANSLATED = 0x30; // IPS_SRC_NAT | IPS_DST_NAT
    private static final int ROOM = 256;

    private Conntrack() {}

    /** Forgets connections to a port that go where they were sent to. */
    public static void forgetUntranslated(Netlink netlink, int family, int protocol, int port) throws IOException {
        NetlinkMessage message = begin(family);
        int tuple = message.nest(TUPLE_ORIG);
        int proto = message.nest(TUPLE_PROTO);
        message.u8(1, protocol).be16(3, port).end(proto).end(tuple);
        int filter = message.nest(FILTER);
        message.u32(FILTER_ORIG, BY_PROTOCOL | BY_DESTINATION_PORT).u32(FILTER_REPLY, 0).end(filter);
        send(netlink, message.be32(STATUS, 0).be32(STATUS_MASK, TRANSLATED), "forget connections to port " + port);
    }

    /** Forgets connections that an address answers. */
    public static void forgetAnsweredBy(Netlink netlink, int family, InetAddress address) throws IOException {
        NetlinkMessage message = begin(family);
        int tuple = message.nest(TUPLE_REPLY);
        int ip = message.nest(TUPLE_IP);
        message.attribute(family == NfBatch.IPV4 ? 1 : 3, address.getAddress()).end(ip).end(tuple);
        int filter = message.nest(FILTER);
        message.u32(FILTER_ORIG, 0).u32(FILTER_REPLY, BY_SOURCE).end(filter);
        send(netlink, message, "forget connections to " + address.getHostAddress());
    }

    private static NetlinkMessage begin(int family) {
        return new NetlinkMessage(ROOM).begin(DELETE, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK, 0).u8(family).u8(0).u16(0);
    }

    private static void send(Netlink netlink, NetlinkMessage message, String call) throws IOException {
        ByteBuffer answer = ByteBuffer.allocateDirect(4096);
        netlink.send(message.finish());
        netlink.receive(answer);
        NetlinkReader reader = new NetlinkReader(answer);
        try {
            if (reader.next()) {
                reader.throwIfError(call);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
        }
    }
}

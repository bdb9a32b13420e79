package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NetlinkTest {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(32 * 1024);

    private static NetlinkMessage link(NetlinkMessage message, int type, int flags, int sequence) {
        return message.begin(type, NetlinkMessage.NLM_F_REQUEST | flags, sequence).u8(0).u8(0).u16(0).u32(0).u32(0).u32(0);
    }

    private void ask(Netlink netlink, NetlinkMessage message) throws IOException {
        netlink.send(message.finish());
        netlink.receive(buffer);
        NetlinkReader reader = new NetlinkReader(buffer);
        assertThat(reader.next()).isTrue();
        assertThat(reader.isEnd()).isTrue();
        reader.throwIfError("newlink");
    }

    private List<NetlinkAttributes> dump(Netlink netlink) throws IOException {
        netlink.send(link(new NetlinkMessage(256), RTM_GETLINK, NetlinkMessage.NLM_F_DUMP, netlink.nextSequence()).finish());
        List<NetlinkAttributes> links = new ArrayList<>();
        while (true) {
            ByteBuffer datagram = ByteBuffer.allocateDirect(32 * 1024);
            netlink.receive(datagram);
            for (NetlinkReader reader = new NetlinkReader(datagram); reader.next();) {
                if (reader.isEnd()) {
                    reader.throwIfError("getlink");
                    return links;
                }
                links.add(reader.attributes(16));
            }
        }
    }

    private static NetlinkMessage bridge(int sequence, String name) {
        NetlinkMessage message = new NetlinkMessage(512);
        link(message, RTM_NEWLINK, NetlinkMessage.NLM_F_ACK | NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL, sequence);
        message.string(IFLA_IFNAME, name).u32(IFLA_MTU, 1400);
        int info = message.nest(IFLA_LINKINFO);
        return message.string(IFLA_INFO_KIND, "bridge").end(info);
    }

    @Test
    void linkThatWasMadeIsListedWithItsAttributes() throws Exception {
        NamespaceThread.call(() -> {
            Namespace.unshare(Namespace.NET);
            try (Netlink netlink = Netlink.open(Netlink.NETLINK_ROUTE)) {
                ask(netlink, bridge(netlink.nextSequence(), "wltest0"));
                NetlinkAttributes link = dump(netlink).stream().filter(l -> "wltest0".equals(l.string(IFLA_IFNAME))).findFirst()
                        .orElseThrow();
                assertThat(link.number(IFLA_MTU, 0)).isEqualTo(1400);
                NetlinkAttributes info = Objects.requireNonNull(link.nested(IFLA_LINKINFO));
                assertThat(info.string(IFLA_INFO_KIND)).isEqualTo("bridge");
            }
            return null;
        });
    }

    @Test
    void errorCarriesTheKernelsWords() throws Exception {
        NamespaceThread.call(() -> {
            Namespace.unshare(Namespace.NET);
            try (Netlink netlink = Netlink.open(Netlink.NETLINK_ROUTE)) {
                ask(netlink, bridge(netlink.nextSequence(), "wltest0"));
                NetlinkMessage message = link(new NetlinkMessage(256), RTM_NEWLINK, NetlinkMessage.NLM_F_ACK, netlink.nextSequence());
                message.string(IFLA_IFNAME, "wltest0").u32(IFLA_MTU, 1 << 30);
                assertThatThrownBy(() -> ask(netlink, message)).isInstanceOf(ErrnoException.class)
                        .hasMessage("newlink (mtu greater than device maximum): EINVAL (invalid argument)");
                NetlinkMessage strict = new NetlinkMessage(256);
                strict.begin(RTM_GETLINK, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_DUMP, netlink.nextSequence()).u8(0);
                assertThatThrownBy(() -> ask(netlink, strict)).hasMessageContaining("nvalid header");
            }
            return null;
        });
    }

    @Test
    void batchOfTwoMessagesIsAnsweredTwice() throws Exception {
        NamespaceThread.call(() -> {
            Namespace.unshare(Namespace.NET);
            try (Netlink netlink = Netlink.open(Netlink.NETLINK_ROUTE)) {
                NetlinkMessage batch = bridge(7, "wltest0");
                link(batch, RTM_NEWLINK, NetlinkMessage.NLM_F_ACK, 8).string(IFLA_IFNAME, "wltest0").u32(IFLA_MTU, 1300);
                netlink.send(batch.finish());
                for (int sequence = 7; sequence <= 8; sequence++) {
                    netlink.receive(buffer);
                    NetlinkReader reader = new NetlinkReader(buffer);
                    assertThat(reader.next()).isTrue();
                    assertThat(reader.errno()).isZero();
                    assertThat(reader.sequence()).isEqualTo(sequence);
                }
                assertThat(dump(netlink)).anyMatch(l -> l.number(IFLA_MTU, 0) == 1300);
            }
            return null;
        });
    }

    @Test
    void numbersAreReadInTheOrderTheyWereWritten() throws Exception {
        NetlinkMessage message = new NetlinkMessage(256);
        message.begin(1, 0, 1).be16(1, 0x0102).be32(2, 0x01020304).be64(3, 0x0102030405060708L).u8(4, 200).u16(5, 40_000).u64(6, -1)
                .flag(7);
        NetlinkReader reader = new NetlinkReader(message.finish());
        assertThat(reader.next()).isTrue();
        NetlinkAttributes a = reader.attributes(0);
        assertThat(a.bytes(1)).containsExactly(1, 2);
        assertThat(a.bigEndian(2, 0)).isEqualTo(0x01020304);
        assertThat(a.bigEndian(3, 0)).isEqualTo(0x0102030405060708L);
        assertThat(a.number(4, 0)).isEqualTo(200);
        assertThat(a.number(5, 0)).isEqualTo(40_000);
        assertThat(a.number(6, 0)).isEqualTo(-1);
        assertThat(a.bytes(7)).isEmpty();
        assertThat(a.bytes(8)).isNull();
        assertThat(reader.next()).isFalse();
    }
}

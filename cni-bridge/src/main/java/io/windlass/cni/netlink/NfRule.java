package io.windlass.cni.netlink;

import io.windlass.shim.linux.NetlinkMessage;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A rule of nf_tables: conditions and then what to do, in the order of the calls. Each gives a list of kernel expressions; see nft(8). */
public final class NfRule {
    private static final int VERDICT = 0;
    private static final int REGISTER = 8; // NFT_REG32_00, and on: four bytes each
    private static final int TO = 12;
    private static final int NETWORK_HEADER = 1;
    private static final int TRANSPORT_HEADER = 2;
    private static final int EQUAL = 0;
    private static final int NOT_EQUAL = 1;
    private static final int META_OUT_NAME = 7;
    private static final int META_IN_NAME = 6;
    private static final int META_PROTOCOL = 16;
    private static final int CT_STATUS = 2;
    private static final int CT_DESTINATION_PORT = 12;
    private static final int CT_ORIGINAL = 0;
    private static final int IFNAMSIZ = 16;
    private static final int DROP = 0;
    private static final int ACCEPT = 1;

    private interface Expression {
        void write(NetlinkMessage message);
    }

    private record Named(String name, Expression data) {}

    private final List<Named> expressions = new ArrayList<>();
    private String comment = "";

    /** The packet's source lies in a network. */
    public NfRule sourceIn(InetAddress network, int prefix) {
        return address(true, network, prefix, EQUAL);
    }

    /** The packet's destination lies in a network. */
    public NfRule destinationIn(InetAddress network, int prefix) {
        return address(false, network, prefix, EQUAL);
    }

    /** The packet's destination lies outside a network. */
    public NfRule destinationNotIn(InetAddress network, int prefix) {
        return address(false, network, prefix, NOT_EQUAL);
    }

    private NfRule address(boolean source, InetAddress network, int prefix, int operator) {
        byte[] bytes = network.getAddress();
        byte[] mask = new byte[bytes.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (0xff00 >> Math.clamp(prefix - 8L * i, 0, 8));
        }
        int destination = destination(bytes.length);
        loadPayload(NETWORK_HEADER, source ? destination - bytes.length : destination, bytes.length, REGISTER);
        and(mask);
        return compare(operator, bytes);
    }

    /** Where the destination is in the network header; the source is just before it. */
    private static int destination(int addressLength) {
        return addressLength == 4 ? 16 : 24;
    }

    /** The packet came in by a link. */
    public NfRule inBy(String link) {
        return meta(META_IN_NAME, REGISTER).compare(EQUAL, name(link));
    }

    /** The packet goes out by a link. */
    public NfRule outBy(String link) {
        return meta(META_OUT_NAME, REGISTER).compare(EQUAL, name(link));
    }

    /** The packet goes out by any other link. */
    public NfRule notOutBy(String link) {
        return meta(META_OUT_NAME, REGISTER).compare(NOT_EQUAL, name(link));
    }

    /** The connection's destination was translated. */
    public NfRule wasDestinationTranslated() {
        add("ct", m -> m.be32(2, CT_STATUS).be32(1, REGISTER));
        and(nativeOrder(0x20)); // IPS_DST_NAT
        return compare(NOT_EQUAL, new byte[4]);
    }

    /**
     * A set has the protocol, the port that the connection was made to, and the packet's destination with its port now.
     *
     * @param addressLength bytes of an address, 4 or 16
     */
    public NfRule isTranslatedAsIn(String set, int setId, int addressLength) {
        int at = REGISTER + 2;
        meta(META_PROTOCOL, REGISTER);
        add("ct", m -> m.be32(2, CT_DESTINATION_PORT).be32(1, REGISTER + 1).u8(3, CT_ORIGINAL));
        loadPayload(NETWORK_HEADER, destination(addressLength), addressLength, at);
        loadPayload(TRANSPORT_HEADER, 2, 2, at + addressLength / 4);
        add("lookup", m -> m.string(1, set).be32(4, setId).be32(2, REGISTER));
        return this;
    }

    /** The destination is an address of this host. */
    public NfRule destinationIsLocal() {
        add("fib", m -> m.be32(1, REGISTER).be32(2, 3).be32(3, 2)); // the address type of the destination
        return compare(EQUAL, nativeOrder(2)); // RTN_LOCAL
    }

    /**
     * Translates the destination to what a map has under protocol and destination port, or under destination address, protocol and port. Ends
     * here without an effect where the map has nothing.
     *
     * @param addressLength bytes of an address, 4 or 16
     */
    public NfRule translateDestination(String map, int mapId, boolean byAddress, int family, int addressLength) {
        int words = addressLength / 4;
        int at = REGISTER;
        if (byAddress) {
            loadPayload(NETWORK_HEADER, destination(addressLength), addressLength, at);
            at += words;
        }
        meta(META_PROTOCOL, at);
        loadPayload(TRANSPORT_HEADER, 2, 2, at + 1);
        int to = at + 2 <= TO && words == 1 ? TO : REGISTER;
        add("lookup", m -> m.string(1, map).be32(4, mapId).be32(2, REGISTER).be32(3, to));
        add("nat", m -> m.be32(1, 1).be32(2, family).be32(3, to).be32(5, to + words).be32(7, 3));
        return this;
    }

    /** Gives the packet the address of the link that it leaves by. */
    public NfRule masquerade() {
        add("masq", m -> {
        });
        return this;
    }

    /** Counts packets and bytes. */
    public NfRule count() {
        add("counter", m -> {
        });
        return this;
    }

    /** Ends this base chain's work on the packet; another chain at the hook may still drop it. */
    public NfRule accept() {
        return verdict(ACCEPT);
    }

    /** Drops the packet. */
    public NfRule drop() {
        return verdict(DROP);
    }

    private NfRule verdict(int code) {
        add("immediate", m -> {
            m.be32(1, VERDICT);
            int data = m.nest(2);
            int verdict = m.nest(2);
            m.be32(1, code).end(verdict).end(data);
        });
        return this;
    }

    /** Sets the comment that nft(8) shows. */
    public NfRule comment(String text) {
        comment = text;
        return this;
    }

    private NfRule meta(int key, int register) {
        add("meta", m -> m.be32(2, key).be32(1, register));
        return this;
    }

    private void loadPayload(int base, int offset, int length, int register) {
        add("payload", m -> m.be32(1, register).be32(2, base).be32(3, offset).be32(4, length));
    }

    private void and(byte[] mask) {
        add("bitwise", m -> {
            m.be32(1, REGISTER).be32(2, REGISTER).be32(3, mask.length);
            int data = m.nest(4);
            m.attribute(1, mask).end(data);
            data = m.nest(5);
            m.attribute(1, new byte[mask.length]).end(data);
        });
    }

    private NfRule compare(int operator, byte[] value) {
        add("cmp", m -> {
            m.be32(1, REGISTER).be32(2, operator);
            int data = m.nest(3);
            m.attribute(1, value).end(data);
        });
        return this;
    }

    private void add(String name, Expression data) {
        expressions.add(new Named(name, data));
    }

    private static byte[] name(String link) {
        return Arrays.copyOf(link.getBytes(StandardCharsets.US_ASCII), IFNAMSIZ);
    }

    private static byte[] nativeOrder(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    void write(NetlinkMessage message) {
        int list = message.nest(4);
        for (Named expression : expressions) {
            int element = message.nest(1);
            message.string(1, expression.name());
            int data = message.nest(2);
            expression.data().write(message);
            message.end(data).end(element);
        }
        message.end(list);
        if (!comment.isEmpty()) {
            message.attribute(7, userData(comment));
        }
    }

    /** A type, a length and a string with its zero, as nft(8) writes comments. */
    static byte[] userData(String comment) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        byte[] data = new byte[text.length + 3];
        data[1] = (byte) (text.length + 1);
        System.arraycopy(text, 0, data, 2, text.length);
        return data;
    }
}

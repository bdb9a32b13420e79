package io.windlass.shim.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes netlink messages, several one after another for a batch, into one direct buffer of fixed room. See netlink(7).
 *
 * <pre>
 * NetlinkMessage m = new NetlinkMessage(4096);
 * m.begin(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, sequence).u8(AF_UNSPEC).u8(0).u16(0).u32(0).u32(IFF_UP).u32(IFF_UP);
 * m.string(IFLA_IFNAME, "br0");
 * int info = m.nest(IFLA_LINKINFO);
 * m.string(IFLA_INFO_KIND, "bridge");
 * m.end(info);
 * netlink.send(m.finish());
 * </pre>
 */
public final class NetlinkMessage {
    public static final int NLM_F_REQUEST = 1;
    public static final int NLM_F_MULTI = 2;
    public static final int NLM_F_ACK = 4;
    public static final int NLM_F_ROOT = 0x100;
    public static final int NLM_F_MATCH = 0x200;
    public static final int NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH;
    public static final int NLM_F_REPLACE = 0x100;
    public static final int NLM_F_EXCL = 0x200;
    public static final int NLM_F_CREATE = 0x400;
    public static final int NLM_F_APPEND = 0x800;
    public static final int NLA_F_NESTED = 0x8000;

    private final ByteBuffer buffer;
    private int start = -1;

    /** @param room the most bytes all messages take; {@link java.nio.BufferOverflowException} beyond */
    public NetlinkMessage(int room) {
        buffer = ByteBuffer.allocateDirect(room).order(ByteOrder.nativeOrder());
    }

    /** Starts a message, after ending the one before. The family's header follows, by {@link #u8} and its like. */
    public NetlinkMessage begin(int type, int flags, int sequence) {
        endMessage();
        start = buffer.position();
        buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
        return this;
    }

    public NetlinkMessage u8(int value) {
        buffer.put((byte) value);
        return this;
    }

    public NetlinkMessage u16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    public NetlinkMessage u32(int value) {
        buffer.putInt(value);
        return this;
    }

    /** Adds bytes to the header. */
    public NetlinkMessage bytes(byte[] value) {
        buffer.put(value);
        return this;
    }

    /** Adds an attribute of one byte. */
    public NetlinkMessage u8(int type, int value) {
        head(type, 1).put((byte) value);
        return pad();
    }

    /** Adds an attribute of two bytes, native order. */
    public NetlinkMessage u16(int type, int value) {
        head(type, 2).putShort((short) value);
        return pad();
    }

    /** Adds an attribute of four bytes, native order. */
    public NetlinkMessage u32(int type, int value) {
        head(type, 4).putInt(value);
        return pad();
    }

    /** Adds an attribute of eight bytes, native order. */
    public NetlinkMessage u64(int type, long value) {
        head(type, 8).putLong(value);
        return pad();
    }

    /** Adds an attribute of two bytes, network order. */
    public NetlinkMessage be16(int type, int value) {
        head(type, 2).put((byte) (value >>> 8)).put((byte) value);
        return pad();
    }

    /** Adds an attribute of four bytes, network order, as nf_tables takes all its numbers. */
    public NetlinkMessage be32(int type, int value) {
        head(type, 4).put((byte) (value >>> 24)).put((byte) (value >>> 16)).put((byte) (value >>> 8)).put((byte) value);
        return pad();
    }

    /** Adds an attribute of eight bytes, network order. */
    public NetlinkMessage be64(int type, long value) {
        head(type, 8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer.put((byte) (value >>> shift));
        }
        return pad();
    }

    /** Adds a string, in UTF-8 with a zero at its end. */
    public NetlinkMessage string(int type, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        head(type, bytes.length + 1).put(bytes).put((byte) 0);
        return pad();
    }

    /** Adds bytes. */
    public NetlinkMessage attribute(int type, byte[] value) {
        head(type, value.length).put(value);
        return pad();
    }

    /** Adds an attribute without a value. */
    public NetlinkMessage flag(int type) {
        head(type, 0);
        return this;
    }

    /** Starts a nested attribute (NLA_F_NESTED is set) and returns the mark for {@link #end}. */
    public int nest(int type) {
        int mark = buffer.position();
        head(type | NLA_F_NESTED, 0);
        return mark;
    }

    /** Ends a nested attribute: what came since its mark is inside. */
    public NetlinkMessage end(int mark) {
        buffer.putShort(mark, (short) (buffer.position() - mark));
        return this;
    }

    /** Ends the last message and returns all of them, to be sent. The next {@link #begin} starts over after {@link #clear}. */
    public ByteBuffer finish() {
        endMessage();
        return buffer.flip();
    }

    /** Forgets all messages, to use the room again. */
    public NetlinkMessage clear() {
        start = -1;
        buffer.clear();
        return this;
    }

    private void endMessage() {
        if (start >= 0) {
            pad();
            buffer.putInt(start, buffer.position() - start);
            start = -1;
        }
    }

    private ByteBuffer head(int type, int length) {
        pad();
        return buffer.putShort((short) (4 + length)).putShort((short) type);
    }

    private NetlinkMessage pad() {
        while (((buffer.position() - Math.max(start, 0)) & 3) != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }
}

package io.windlass.shim.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Netlink attributes as received; a lookup walks them, the last of a type wins as in the kernel. See netlink(7). */
public final class NetlinkAttributes {
    private static final int TYPE_MASK = 0x3fff;

    private final ByteBuffer buffer;

    NetlinkAttributes(ByteBuffer buffer) {
        this.buffer = buffer.order(ByteOrder.nativeOrder());
    }

    /** Returns the value of an attribute, or null where it is missing. */
    public byte @Nullable [] bytes(int type) {
        int at = find(type);
        if (at < 0) {
            return null;
        }
        byte[] value = new byte[(buffer.getShort(at) & 0xffff) - 4];
        buffer.get(at + 4, value);
        return value;
    }

    /** Returns a string without its zero, or null. */
    public @Nullable String string(int type) {
        byte[] value = bytes(type);
        return value == null ? null : CString.toString(value, 0);
    }

    /** Returns a number of one, two, four or eight bytes in native order, unsigned but for eight, or {@code otherwise}. */
    public long number(int type, long otherwise) {
        int at = find(type);
        if (at < 0) {
            return otherwise;
        }
        return switch ((buffer.getShort(at) & 0xffff) - 4) {
            case 1 -> buffer.get(at + 4) & 0xffL;
            case 2 -> buffer.getShort(at + 4) & 0xffffL;
            case 4 -> buffer.getInt(at + 4) & 0xffffffffL;
            case 8 -> buffer.getLong(at + 4);
            default -> otherwise;
        };
    }

    /** Returns a number of up to eight bytes in network order, or {@code otherwise}. */
    public long bigEndian(int type, long otherwise) {
        byte[] value = bytes(type);
        if (value == null || value.length == 0 || value.length > 8) {
            return otherwise;
        }
        long number = 0;
        for (byte b : value) {
            number = number << 8 | b & 0xff;
        }
        return number;
    }

    /** Returns the attributes inside one, or null where it is missing. */
    public @Nullable NetlinkAttributes nested(int type) {
        int at = find(type);
        return at < 0 ? null : new NetlinkAttributes(buffer.slice(at + 4, (buffer.getShort(at) & 0xffff) - 4));
    }

    /** Calls {@code visitor} for each attribute in turn with its type and, as it were nested, its value. */
    public void forEach(Visitor visitor) {
        for (int at = 0; at + 4 <= buffer.limit();) {
            int length = buffer.getShort(at) & 0xffff;
            if (length < 4 || length > buffer.limit() - at) {
                return;
            }
            visitor.visit(buffer.getShort(at + 2) & TYPE_MASK, new NetlinkAttributes(buffer.slice(at + 4, length - 4)));
            at += length + 3 & ~3;
        }
    }

    /** Takes one attribute. */
    @FunctionalInterface
    public interface Visitor {
        void visit(int type, NetlinkAttributes value);
    }

    /** Returns all bytes, of the value of an attribute that {@link #forEach} gave. */
    public byte[] all() {
        byte[] value = new byte[buffer.limit()];
        buffer.get(0, value);
        return value;
    }

    @Override
    public String toString() {
        return new String(all(), StandardCharsets.ISO_8859_1);
    }

    private int find(int type) {
        int found = -1;
        for (int at = 0; at + 4 <= buffer.limit();) {
            int length = buffer.getShort(at) & 0xffff;
            if (length < 4 || length > buffer.limit() - at) {
                break;
            }
            if ((buffer.getShort(at + 2) & TYPE_MASK) == type) {
                found = at;
            }
            at += length + 3 & ~3;
        }
        return found;
    }
}

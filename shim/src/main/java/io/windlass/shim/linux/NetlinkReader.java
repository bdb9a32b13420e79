package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a received datagram, one after another. See netlink(7).
 *
 * <pre>
 * netlink.receive(buffer);
 * for (NetlinkReader r = new NetlinkReader(buffer); r.next();) {
 *     if (r.isEnd()) { r.throwIfError("newlink br0"); ... }
 *     NetlinkAttributes a = r.attributes(16);
 * }
 * </pre>
 */
public final class NetlinkReader {
    public static final int NLMSG_ERROR = 2;
    public static final int NLMSG_DONE = 3;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int HEADER = 16;

    private final ByteBuffer buffer;
    private int start;
    private int length;

    /** Reads from the buffer's position to its limit; the buffer must not change meanwhile. */
    public NetlinkReader(ByteBuffer buffer) {
        this.buffer = buffer.duplicate().order(ByteOrder.nativeOrder());
        this.start = buffer.position();
    }

    /** Moves to the next message; false where there is none. EBADMSG for a length that cannot be. */
    public boolean next() throws IOException {
        start += length + 3 & ~3;
        if (start + HEADER > buffer.limit()) {
            return false;
        }
        length = buffer.getInt(start);
        if (length < HEADER || length > buffer.limit() - start) {
            throw new ErrnoException("recv AF_NETLINK (message of " + length + " bytes)", Errno.EBADMSG);
        }
        return true;
    }

    public int type() {
        return buffer.getShort(start + 4) & 0xffff;
    }

    public int flags() {
        return buffer.getShort(start + 6) & 0xffff;
    }

    public int sequence() {
        return buffer.getInt(start + 8);
    }

    /** Returns what follows the netlink header: the family's header and attributes. */
    public ByteBuffer payload() {
        return buffer.slice(start + HEADER, length - HEADER).order(ByteOrder.nativeOrder());
    }

    /** Returns the attributes after a family's header of this many bytes. */
    public NetlinkAttributes attributes(int familyHeader) {
        int from = Math.min(HEADER + (familyHeader + 3 & ~3), length);
        return new NetlinkAttributes(buffer.slice(start + from, length - from));
    }

    /** Tells whether this is the answer that ends a request: an acknowledgement, an error, or the end of a dump. */
    public boolean isEnd() {
        return type() == NLMSG_ERROR || type() == NLMSG_DONE;
    }

    /** Returns the positive errno of an NLMSG_ERROR or NLMSG_DONE, 0 for success. */
    public int errno() {
        return isEnd() && length >= HEADER + 4 ? -buffer.getInt(start + HEADER) : 0;
    }

    /** Returns the kernel's words about an error, or null where it said none. */
    public @Nullable String errorText() {
        if ((flags() & NLM_F_ACK_TLVS) == 0) {
            return null;
        }
        int header = 4; // the errno, and for NLMSG_ERROR the request's header, or all of it
        if (type() == NLMSG_ERROR) {
            header += (flags() & NLM_F_CAPPED) != 0 ? HEADER : buffer.getInt(start + HEADER + 4) + 3 & ~3;
        }
        byte[] text = attributes(header).bytes(NLMSGERR_ATTR_MSG);
        return text == null ? null : new String(text, StandardCharsets.UTF_8).replace("\0", "");
    }

    /** Throws an ErrnoException of {@code call} and the kernel's words where this message says that it failed. */
    public void throwIfError(String call) throws IOException {
        int errno = errno();
        if (errno != 0) {
            String text = errorText();
            throw new ErrnoException(text == null ? call : call + " (" + text + ")", errno);
        }
    }
}

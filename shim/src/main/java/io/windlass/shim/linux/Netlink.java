package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A netlink socket to the kernel, in the network namespace of the thread that opens it; it stays there. Errors carry the kernel's own words
 * (NETLINK_EXT_ACK), requests for dumps are checked strictly. A receive gives up after ten seconds with EAGAIN, so that nothing hangs on a
 * request without an answer. Not for several threads at once. See netlink(7).
 */
public final class Netlink implements AutoCloseable {
    /** Links, addresses, routes, rules. See rtnetlink(7). */
    public static final int NETLINK_ROUTE = 0;
    /** nf_tables, conntrack. */
    public static final int NETLINK_NETFILTER = 12;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int MSG_TRUNC = 0x20;
    private static final int TIMEOUT_SECONDS = 10;

    private final Fd fd;
    private int sequence;

    private Netlink(Fd fd) {
        this.fd = fd;
    }

    /** Opens a socket of a protocol, NETLINK_*, in the calling thread's network namespace. */
    public static Netlink open(int protocol) throws IOException {
        int n = Libc.socket(AF_NETLINK, SOCK_RAW | Fcntl.O_CLOEXEC, protocol);
        if (n < 0) {
            throw new ErrnoException("socket AF_NETLINK " + protocol, Libc.errno());
        }
        Netlink netlink = new Netlink(Fd.adopt(n));
        try {
            netlink.option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
            netlink.option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
            if (protocol == NETLINK_ROUTE) {
                netlink.option(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
            }
            netlink.option(SOL_SOCKET, SO_SNDBUF, 1 << 20);
            netlink.timeout();
            byte[] address = new byte[12];
            ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putShort((short) AF_NETLINK);
            if (Libc.bind(n, address, address.length) < 0) {
                throw new ErrnoException("bind AF_NETLINK", Libc.errno());
            }
            return netlink;
        } catch (IOException e) {
            netlink.close();
            throw e;
        }
    }

    private void option(int level, int option, int value) throws ErrnoException {
        byte[] bytes = new byte[4];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
        if (Libc.setsockopt(fd.number(), level, option, bytes, bytes.length) < 0) {
            throw new ErrnoException("setsockopt AF_NETLINK " + level + " " + option, Libc.errno());
        }
    }

    private void timeout() throws ErrnoException {
        byte[] timeval = new byte[16];
        ByteBuffer.wrap(timeval).order(ByteOrder.nativeOrder()).putLong(TIMEOUT_SECONDS);
        if (Libc.setsockopt(fd.number(), SOL_SOCKET, SO_RCVTIMEO, timeval, timeval.length) < 0) {
            throw new ErrnoException("setsockopt AF_NETLINK SO_RCVTIMEO", Libc.errno());
        }
    }

    /** Returns the descriptor, which stays this object's, for Epoll. */
    public Fd fd() {
        return fd;
    }

    /** Returns a sequence number that this socket has not used yet. */
    public int nextSequence() {
        return ++sequence;
    }

    /** Sends the rest of a direct buffer, one or more whole messages, to the kernel. The kernel has worked on it when this returns. */
    public void send(ByteBuffer direct) throws IOException {
        ByteBuffer at = Fd.base(direct);
        int length = direct.remaining();
        while (true) {
            long n = Libc.send(fd.number(), at, length, 0);
            if (n == length) {
                direct.position(direct.limit());
                return;
            }
            int errno = n < 0 ? Libc.errno() : Errno.EIO;
            if (errno != Errno.EINTR) {
                throw new ErrnoException("send AF_NETLINK", errno);
            }
        }
    }

    /**
     * Receives one datagram, of one or more messages, into a direct buffer, which is cleared before and flipped after; 32 KiB of room always
     * suffice for dumps. EMSGSIZE where it does not fit.
     */
    public void receive(ByteBuffer direct) throws IOException {
        direct.clear();
        while (true) {
            long n = Libc.recv(fd.number(), direct, direct.capacity(), MSG_TRUNC);
            if (n > direct.capacity()) {
                throw new ErrnoException("recv AF_NETLINK (" + n + " bytes)", Errno.EMSGSIZE);
            }
            if (n >= 0) {
                direct.limit((int) n);
                return;
            }
            int errno = Libc.errno();
            if (errno != Errno.EINTR) {
                throw new ErrnoException("recv AF_NETLINK", errno);
            }
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}

package io.windlass.shim.linux;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * TCP by descriptor, for connections out of another network namespace: a socket belongs for life to the namespace of the thread that made it.
 * See tcp(7), connect(2).
 */
public final class TcpSocket {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;

    private TcpSocket() {}

    /**
     * Starts to connect a non-blocking socket in the calling thread's network namespace. It is writable once that is done; then ask
     * {@link #finishConnect}. Some errors come at once.
     */
    public static Fd connect(InetAddress address, int port) throws IOException {
        boolean v4 = address instanceof Inet4Address;
        int n = Libc.socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK, 0);
        if (n < 0) {
            throw new ErrnoException("socket TCP", Libc.errno());
        }
        Fd fd = Fd.adopt(n);
        byte[] sockaddr = new byte[v4 ? 16 : 28];
        ByteBuffer b = ByteBuffer.wrap(sockaddr).order(ByteOrder.nativeOrder()).putShort((short) (v4 ? AF_INET : AF_INET6));
        b.put((byte) (port >>> 8)).put((byte) port).position(v4 ? 4 : 8).put(address.getAddress());
        if (Libc.connect(n, sockaddr, sockaddr.length) < 0) {
            int errno = Libc.errno();
            if (errno != Errno.EINPROGRESS) {
                fd.close();
                throw new ErrnoException(call(address, port), errno);
            }
        }
        return fd;
    }

    /** Throws what became of a {@link #connect}, once the socket is writable; ECONNREFUSED where nobody listens. */
    public static void finishConnect(Fd socket, InetAddress address, int port) throws IOException {
        byte[] error = new byte[4];
        int[] length = {4};
        if (Libc.getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, error, length) < 0) {
            throw new ErrnoException("getsockopt SO_ERROR " + socket, Libc.errno());
        }
        int errno = ByteBuffer.wrap(error).order(ByteOrder.nativeOrder()).getInt();
        if (errno != 0) {
            throw new ErrnoException(call(address, port), errno);
        }
    }

    /** shutdown(2) of the sending side: the peer reads the end. */
    public static void shutdownWrite(Fd socket) throws IOException {
        UnixSocket.shutdownWrite(socket);
    }

    private static String call(InetAddress address, int port) {
        return "connect " + address.getHostAddress() + " port " + port;
    }
}

package io.windlass.shim.linux;

import java.io.IOException;

/** Unix sockets without a name. See unix(7). */
public final class UnixSocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;

    private UnixSocket() {}

    /** The two ends; closing this closes both. */
    public record Pair(Fd left, Fd right) implements AutoCloseable {
        @Override
        public void close() {
            left.close();
            right.close();
        }
    }

    /** socketpair(2) of stream sockets. */
    public static Pair socketpair() throws IOException {
        int[] fds = new int[2];
        if (Libc.socketpair(AF_UNIX, SOCK_STREAM | Fcntl.O_CLOEXEC, 0, fds) < 0) {
            throw new ErrnoException("socketpair", Libc.errno());
        }
        return new Pair(Fd.adopt(fds[0]), Fd.adopt(fds[1]));
    }

    /** shutdown(2) of the sending side: the peer reads the end. */
    public static void shutdownWrite(Fd socket) throws IOException {
        if (Libc.shutdown(socket.number(), 1) < 0) {
            throw new ErrnoException("shutdown " + socket, Libc.errno());
        }
    }
}

package io.windlass.cri.stream.pod;

import io.windlass.cri.stream.Dialed;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.Namespace;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.TcpSocket;
import io.windlass.shim.spec.NamespaceSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/** Connects to ports on the loopback of a pod: IPv4 first, as most servers listen there, then IPv6. */
final class PodDialer {

    private static final int CONNECT_MILLIS = 10_000;
    private static final List<InetAddress> LOOPBACKS = List.of(address(127, 0, 0, 1),
            address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    private PodDialer() {}

    static Dialed dial(NamespaceSpec network, int port) throws IOException {
        Fd socket = network instanceof NamespaceSpec.Join join ? dialInside(join.path(), port) : connect(port);
        try {
            return new Dialed(socket, socket.dup());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** A socket belongs to the namespace of the thread that made it, whoever uses it later. */
    private static Fd dialInside(Path pin, int port) throws IOException {
        return NamespaceThread.<Fd, IOException>call(() -> {
            try (Fd namespace = Namespace.NET.open(pin)) {
                Namespace.NET.setns(namespace);
            }
            return connect(port);
        });
    }

    private static Fd connect(int port) throws IOException {
        IOException first = null;
        for (InetAddress loopback : LOOPBACKS) {
            try {
                return connect(loopback, port);
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw first == null ? new IOException("no loopback address") : first;
    }

    private static Fd connect(InetAddress address, int port) throws IOException {
        Fd socket = TcpSocket.connect(address, port);
        try {
            if (FileIo.poll(socket, FileIo.POLLOUT, CONNECT_MILLIS) == 0) {
                throw new IOException(
                        "connect " + address.getHostAddress() + " port " + port + ": no answer within " + CONNECT_MILLIS + " ms");
            }
            TcpSocket.finishConnect(socket, address, port);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static InetAddress address(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(raw);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}

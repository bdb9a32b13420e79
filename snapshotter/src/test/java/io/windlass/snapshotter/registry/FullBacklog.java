package io.windlass.snapshotter.registry;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A host that drops every SYN, as a blackhole does: its queue of connections is full, and nobody takes one. See listen(2). */
final class FullBacklog implements AutoCloseable {
    private static final int QUEUE = 1;
    private static final int DROPPED_MILLIS = 500;

    private final HttpServer server;
    private final List<Socket> waiting = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();

    FullBacklog() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), QUEUE);
        try {
            fill();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void fill() throws IOException {
        while (waiting.size() < 100) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(server.getAddress(), DROPPED_MILLIS);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new IllegalStateException("a queue of " + QUEUE + " takes all of " + waiting.size() + " connections");
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on it answers each request with {@code body}. */
    void serve(byte[] body) throws IOException {
        hangUp();
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                HostileRegistry.send(exchange, 200, body);
            }
        });
        server.start();
    }

    /** Returns how many requests it has had. */
    int requests() {
        return requests.get();
    }

    private void hangUp() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        waiting.clear();
    }

    @Override
    public void close() throws IOException {
        hangUp();
        server.stop(0);
    }
}

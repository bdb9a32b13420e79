package io.windlass.cri.stream;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class PortForwardTest {

    private static final String PROTOCOL = "portforward.k8s.io";

    private ServerFixture fixture;
    private ServerSocket echo;

    @BeforeEach
    void start() throws IOException {
        fixture = new ServerFixture();
        echo = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(() -> {
            while (!echo.isClosed()) {
                try {
                    Socket socket = echo.accept();
                    Thread.ofVirtual().start(() -> answer(socket));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    private static void answer(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // the client has gone, which is what some tests want
        }
    }

    @AfterEach
    void stop() throws IOException {
        echo.close();
        fixture.close();
    }

    private String port() {
        return Integer.toString(echo.getLocalPort());
    }

    @Test
    void connectionsSideBySideAnswerEachOnItsStream() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            int[] data = new int[3];
            for (int i = 0; i < data.length; i++) {
                client.open("streamtype", "error", "port", port(), "requestid", "r" + i);
                data[i] = client.open("streamtype", "data", "port", port(), "requestid", "r" + i);
                client.send(data[i], "hello " + i, false);
            }
            for (int i = data.length - 1; i >= 0; i--) {
                client.readUntil(data[i], "hello " + i);
            }
        }
    }

    @Test
    void eachDirectionEndsByItself() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            int error = client.open("streamtype", "error", "port", port(), "requestid", "0");
            int data = client.open("streamtype", "data", "port", port(), "requestid", "0");
            client.send(error, "", true);
            client.send(data, "all of it", true);
            while (!client.finished.contains(data) || !client.finished.contains(error)) {
                client.take(client.next());
            }
            assertThat(client.text(data)).isEqualTo("all of it");
            assertThat(client.text(error)).isEmpty();
            assertThat(client.reset).isEmpty();
        }
    }

    @Test
    void resetClosesTheConnectionOfAPodThatSendsForEver() throws Exception {
        CompletableFuture<IOException> broken = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    while (true) {
                        socket.getOutputStream().write(new byte[1024]);
                    }
                } catch (IOException e) {
                    broken.complete(e);
                }
            });
            String port = Integer.toString(server.getLocalPort());
            int error = client.open("streamtype", "error", "port", port, "requestid", "0");
            int data = client.open("streamtype", "data", "port", port, "requestid", "0");
            client.send(data, "", true);
            while (client.bytes(data).length == 0) {
                client.take(client.next());
            }
            client.reset(data);
            readUntilFinished(client, error);
            assertThat(broken.get(20, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
            assertThat(client.text(error)).isEmpty();
            assertThat(client.finished).doesNotContain(data);
        }
    }

    private static void readUntilFinished(SpdyTestClient client, int stream) throws IOException {
        while (!client.finished.contains(stream)) {
            client.take(client.next());
        }
    }

    @Test
    void resetBeforeThereIsASocketClosesIt() throws IOException {
        fixture.target.mayDial = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            String port = Integer.toString(server.getLocalPort());
            int error = client.open("streamtype", "error", "port", port, "requestid", "0");
            int data = client.open("streamtype", "data", "port", port, "requestid", "0");
            client.reset(data);
            readUntilFinished(client, error);
            fixture.target.mayDial.countDown();
            try (Socket socket = server.accept()) {
                socket.setSoTimeout(5_000);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    /** A pod that does not answer takes some threads, and no more: the others wait for their turn. */
    @Test
    void fewAreDialedAtATime() throws IOException {
        fixture.target.mayDial = new CountDownLatch(1);
        int connections = PortForwarding.DIALS + 4;
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            int[] data = new int[connections];
            for (int i = 0; i < connections; i++) {
                client.open("streamtype", "error", "port", port(), "requestid", "r" + i);
                data[i] = client.open("streamtype", "data", "port", port(), "requestid", "r" + i);
                client.send(data[i], "hello " + i, false);
            }
            client.control(SpdyTestClient.PING, 1);
            while (client.next().type() != SpdyTestClient.PING) { // its echo says that all has been taken
                assertThat(client.socket.isClosed()).isFalse();
            }
            assertThat(Thread.getAllStackTraces().keySet()).filteredOn(thread -> thread.getName().matches("stream-[0-9]+"))
                    .hasSize(PortForwarding.DIALS);
            fixture.target.mayDial.countDown();
            for (int i = 0; i < connections; i++) {
                client.readUntil(data[i], "hello " + i);
            }
        }
    }

    @Test
    void dataThatWasResetBeforeItsErrorCameIsOver() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            int data = client.open("streamtype", "data", "port", port(), "requestid", "0");
            client.reset(data);
            int error = client.open("streamtype", "error", "port", port(), "requestid", "0");
            readUntilFinished(client, error);
            assertThat(client.text(error)).isEmpty();
        }
    }

    @Test
    void closedPortIsAnErrorOfThatConnectionOnly() throws IOException {
        int closed;
        try (ServerSocket once = new ServerSocket(0)) {
            closed = once.getLocalPort();
        }
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            int error = client.open("streamtype", "error", "port", Integer.toString(closed), "requestid", "0");
            int bad = client.open("streamtype", "data", "port", Integer.toString(closed), "requestid", "0");
            while (!client.finished.contains(error) || !client.reset.contains(bad)) {
                client.take(client.next());
            }
            assertThat(client.text(error)).contains("port " + closed).contains("ECONNREFUSED");
            client.open("streamtype", "error", "port", port(), "requestid", "1");
            int data = client.open("streamtype", "data", "port", port(), "requestid", "1");
            client.send(data, "still here", false);
            client.readUntil(data, "still here");
        }
    }

    @Test
    void streamsWithoutAPortAreReset() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            for (String port : new String[]{"", "0", "65536", "http", "-1"}) {
                int stream = client.open("streamtype", "data", "port", port, "requestid", "x");
                client.take(client.next());
                assertThat(client.reset).as(port).contains(stream);
            }
        }
    }

    @Test
    void oldClientsWithoutRequestIdsArePairedByNumber() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            client.open("streamtype", "error", "port", port());
            int data = client.open("streamtype", "data", "port", port());
            client.send(data, "old", false);
            client.readUntil(data, "old");
        }
    }

    @Test
    void webSocketChannelsStartWithTheirPort() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.forward(echo.getLocalPort()), "v4.channel.k8s.io")) {
            int port = echo.getLocalPort();
            assertThat(client.next().payload()).containsExactly(0, port & 0xff, port >>> 8);
            assertThat(client.next().payload()).containsExactly(1, port & 0xff, port >>> 8);
            client.send(0, "by channel");
            client.readUntil(0, "by channel");
        }
    }

    /** Its channels cannot be ended one by one: a client that waits for the end of the pod's answer gets that of the connection. */
    @Test
    void webSocketEndsWithTheLastOfItsConnections() throws Exception {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ServerSocket last = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                WebSocketTestClient client = new WebSocketTestClient(fixture.forward(first.getLocalPort(), last.getLocalPort()),
                        "v4.channel.k8s.io")) {
            try (Socket socket = first.accept()) {
                socket.getOutputStream().write("one".getBytes(StandardCharsets.US_ASCII));
            }
            client.readUntil(0, "one");
            try (Socket socket = last.accept()) {
                client.send(2, "still open");
                assertThat(socket.getInputStream().readNBytes(10)).asString().isEqualTo("still open");
                socket.getOutputStream().write("two".getBytes(StandardCharsets.US_ASCII));
            }
            client.readAll();
            assertThat(client.text(2)).endsWith("two");
            assertThat(client.closeCode).isEqualTo(1000);
        }
    }

    @Test
    void webSocketEndsWhenNobodyListens() throws IOException {
        int closed;
        try (ServerSocket once = new ServerSocket(0)) {
            closed = once.getLocalPort();
        }
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.forward(closed), "v4.channel.k8s.io")) {
            client.readAll();
            assertThat(client.text(1)).contains("port " + closed);
        }
    }

    @Test
    void tunnelAnswersAGoodbye() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.forward(), Negotiation.TUNNEL)) {
            client.goodbye(1001);
            client.readAll();
            assertThat(client.closeCode).isEqualTo(1001);
            assertThatThrownBy(client::next).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void clientThatVanishesClosesItsConnections() throws Exception {
        long before = ServerFixture.descriptors();
        try (SpdyTestClient client = new SpdyTestClient(fixture.forward(), PROTOCOL)) {
            client.open("streamtype", "error", "port", port(), "requestid", "0");
            int data = client.open("streamtype", "data", "port", port(), "requestid", "0");
            client.send(data, "x", false);
            client.readUntil(data, "x");
        }
        ServerFixture.await("sockets are closed", () -> {
            try {
                return ServerFixture.descriptors() <= before;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}

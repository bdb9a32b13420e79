package io.windlass.cri.stream;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HttpEntryTest extends OwnServer {

    private int plain(String method, String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    void withoutAnUpgradeNothingStreamsAndTheTokenIsGone() throws Exception {
        String url = fixture.attach(ServerFixture.OUT);
        assertThat(plain("DELETE", url)).isEqualTo(405);
        assertThat(plain("GET", url)).isEqualTo(400);
        assertThat(plain("GET", url)).isEqualTo(404);
    }

    @Test
    void unknownPathsAndWrongVerbsAreNotFound() throws Exception {
        String url = fixture.attach(ServerFixture.OUT);
        assertThat(plain("GET", url.replace("/attach/", "/exec/"))).isEqualTo(404);
        assertThat(plain("POST", url)).isEqualTo(404);
        assertThat(plain("GET", url.replaceAll("/attach/.*", "/"))).isEqualTo(404);
        assertThat(plain("GET", url.replaceAll("/attach/.*", "/exec/"))).isEqualTo(404);
    }

    @Test
    void spdyClientsMustOfferAKnownProtocol() throws IOException {
        try (SpdyTestClient none = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/true"), "");
                SpdyTestClient strange = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/true"), "v9.channel.k8s.io")) {
            assertThat(none.head.getFirst()).contains("400");
            assertThat(strange.head.getFirst()).contains("403");
            assertThat(strange.head).anyMatch(line -> line.equalsIgnoreCase(
                    "X-Accepted-Stream-Protocol-Versions: v4.channel.k8s.io, v3.channel.k8s.io, v2.channel.k8s.io, channel.k8s.io"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"426|", "426|Sec-WebSocket-Version: 7", "400|Sec-WebSocket-Version: 13"})
    void aWebSocketThatCannotBeIsAnsweredAndClosed(String status, @Nullable String header) throws IOException {
        URI url = URI.create(fixture.exec(ServerFixture.OUT, "/bin/true"));
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(("GET " + url.getPath() + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + (header == null ? "" : header + "\r\n") + "\r\n").getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void aRequestHasItsTimeHoweverSlowlyItComes() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline().addLast(new HttpServerCodec(), new HttpEntry(new PendingRequests(InstantSource.system()),
                new Backend(fixture.target, Duration.ofHours(4), DetachKeys.NONE, Runnable::run)));
        for (int second = 1; second < HttpEntry.SECONDS; second++) {
            channel.writeInbound(Unpooled.copiedBuffer("G", StandardCharsets.US_ASCII));
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void theClientsFavouriteIsChosen() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.exec(ServerFixture.OUT, "/bin/true"),
                "v9.channel.k8s.io, v3.channel.k8s.io,v4.channel.k8s.io")) {
            assertThat(client.head.getFirst()).contains("101");
            assertThat(client.head).anyMatch(line -> line.equalsIgnoreCase("X-Stream-Protocol-Version: v3.channel.k8s.io"));
        }
    }

    @Test
    void addressesForOthersNeedTls() {
        assertThatThrownBy(() -> StreamServer.start(StreamAddress.parse("0.0.0.0:0"), null, Duration.ofHours(4),
                DetachKeys.NONE, fixture.target, new PendingRequests(InstantSource.system()))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificate");
        for (String wrong : new String[]{"localhost:0", "127.0.0.1", "127.0.0.1:65536", "::1:0", "[::1]", ":80", "[127.0.0.1]:0"}) {
            assertThatThrownBy(() -> StreamAddress.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(StreamAddress.parse("[::1]:0").loopback()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:10010", "[::]:10010"})
    void urlsOfAllAddressesNameOneThatCanBeConnectedTo(String address) throws IOException {
        URI url = URI.create("https://" + StreamAddress.parse(address).authority(10_010));
        InetAddress named = InetAddress.getByName(url.getHost());
        assertThat(named.isAnyLocalAddress()).as(url.toString()).isFalse();
        assertThat(NetworkInterface.getByInetAddress(named)).as("the interface of " + url).isNotNull();
        assertThat(url.getPort()).isEqualTo(10_010);
    }

    @Test
    void urlsOfOneAddressNameIt() {
        assertThat(StreamAddress.parse("10.1.2.3:0").authority(7)).isEqualTo("10.1.2.3:7");
        assertThat(StreamAddress.parse("[fd00::1]:0").authority(7)).isEqualTo("[fd00:0:0:0:0:0:0:1]:7");
    }
}

package io.windlass.cri.stream;

import java.io.EOFException;
import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class WebSocketExecTest extends OwnServer {

    private static final String SUCCESS = "{\"metadata\":{},\"status\":\"Success\"}";

    @ParameterizedTest
    @ValueSource(strings = {"v4.channel.k8s.io", "v5.channel.k8s.io", "channel.k8s.io", ""})
    void outputErrorsAndOutcomeComeOnTheirChannels(String protocol) throws IOException {
        Wanted both = new Wanted(false, true, true, false);
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.exec(both, "/bin/sh", "-c", "echo out; echo err >&2"),
                protocol)) {
            assertThat(client.head.getFirst()).contains("101");
            WebSocketTestClient.Frame first = client.next();
            assertThat(first.payload()).as("says that the connection stands").containsExactly(1);
            client.readAll();
            assertThat(client.text(1)).isEqualTo("out\n");
            assertThat(client.text(2)).isEqualTo("err\n");
            assertThat(client.text(3)).isEqualTo(protocol.startsWith("v") ? SUCCESS : "");
            assertThat(client.closeCode).isEqualTo(1000);
        }
    }

    @Test
    void versionFiveEndsInput() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.exec(ServerFixture.ALL, "/usr/bin/wc", "-c"),
                "v5.channel.k8s.io")) {
            client.send(0, "12345");
            client.end(0);
            client.readAll();
            assertThat(client.text(1).strip()).isEqualTo("5");
            assertThat(client.text(3)).isEqualTo(SUCCESS);
        }
    }

    @Test
    void largeAndFragmentedMessagesArrive() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.exec(ServerFixture.ALL, "/usr/bin/wc", "-c"),
                "v5.channel.k8s.io")) {
            client.send(0, "x".repeat(300_000));
            client.send(WebSocketTestClient.BINARY, false, new byte[]{0, 'a', 'b'});
            client.send(WebSocketTestClient.PING, true, "between".getBytes(US_ASCII));
            client.send(WebSocketTestClient.CONTINUATION, false, new byte[]{'c'});
            client.send(WebSocketTestClient.CONTINUATION, true, new byte[]{'d'});
            client.end(0);
            client.readAll();
            assertThat(client.text(1).strip()).isEqualTo("300004");
        }
    }

    @Test
    void base64MessagesAreText() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.exec(ServerFixture.ALL, "/usr/bin/head", "-c", "5"),
                "base64.channel.k8s.io")) {
            client.send(WebSocketTestClient.TEXT, true,
                    ("0" + Base64.getEncoder().encodeToString("hello world".getBytes(US_ASCII))).getBytes(US_ASCII));
            client.readAll();
            assertThat(Base64.getDecoder().decode(client.text(1))).asString().isEqualTo("hello");
        }
    }

    @Test
    void terminalIsResized() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.exec(ServerFixture.TTY, "/bin/sh"), "v4.channel.k8s.io")) {
            client.send(4, "{\"Width\":77,\"Height\":22}");
            client.send(0, "stty size\n");
            client.readUntil(1, "22 77\r\n");
            client.send(0, "exit 9\n");
            client.readAll();
            assertThat(client.text(3)).contains("\"message\":\"9\"");
        }
    }

    @Test
    void unknownSubprotocolIsForbidden() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.exec(ServerFixture.OUT, "/bin/true"), "graphql-ws")) {
            assertThat(client.head.getFirst()).contains("403");
        }
    }

    @Test
    void clientThatSaysGoodbyeTakesTheProcessWithIt() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(
                fixture.exec(ServerFixture.ALL, "/bin/sh", "-c", "echo on; exec sleep 1000"),
                "v5.channel.k8s.io")) {
            client.readUntil(1, "on\n");
            client.goodbye(1000);
            ServerFixture.await("the process ends", () -> fixture.target.running.isEmpty());
        }
    }

    @Test
    void goodbyeIsAnsweredAfterAllOutput() throws IOException {
        try (WebSocketTestClient client = new WebSocketTestClient(fixture.exec(ServerFixture.OUT, "/usr/bin/yes"), "v5.channel.k8s.io")) {
            client.readUntil(1, "y\n");
            client.goodbye(1001);
            client.readAll();
            assertThat(client.closeCode).isEqualTo(1001);
            assertThatThrownBy(client::next).isInstanceOf(EOFException.class);
        }
    }
}

package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class DetachKeysTest extends OwnServer {

    private static final String V4 = "v4.channel.k8s.io";
    private static final String DETACHED = "{\"metadata\":{},\"status\":\"Success\",\"reason\":\"Detached\"}";

    /** What reaches the terminal: its bytes, then {@code .} for the end of input and {@code !} for the keys, with what comes after them. */
    private static final class Seen implements ClientStream.Receiver {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void data(ByteBuf bytes) {
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }

        @Override
        public void end() {
            text.append('.');
        }
    }

    /** Frames are parted by blanks. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "p,q|ls|ls.", "p,q|pq|!", "p,q|p q|!", "p,q|abpq|ab!", "p,q|a p q b|a!", "p,q|pqrest|!", "p,q|px|px.", "p,q|p x|px.",
            "p,q|p|p.", "p,q|ppq|p!", "p,q|p p q|p!", "p,q|pxpq|px!", "p,q|qp qp|q!",
            "p,p,q|pppq|p!", "p,p,q|pp pp q|pp!", "p,p,q|ppx|ppx.", "p,p,q|pp|pp.",
            "a,b,a,c|ababac|ab!", "a,b,a,c|ab ab ac|ab!", "a,b,a,c|abaabac|aba!", "a,b,a,c|abab|abab.",
            "q|text q|text!", "ctrl-a,d|xd|xd.", "''|pq|pq."})
    void keysAreFoundHoweverTheyAreCut(String keys, String frames, String seen) {
        Seen terminal = new Seen();
        ClientStream.Receiver input = DetachKeys.parse(keys).before(terminal, () -> terminal.text.append('!'));
        for (String frame : frames.split(" ", -1)) {
            input.data(Unpooled.copiedBuffer(frame, StandardCharsets.ISO_8859_1));
        }
        input.end();
        assertThat(terminal.text).hasToString(seen);
    }

    @Test
    void controlKeysAreTheBytesThatTerminalsSend() {
        Seen terminal = new Seen();
        ClientStream.Receiver input = DetachKeys.parse("ctrl-@,ctrl-p,ctrl-z,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_, ,~").before(terminal,
                () -> terminal.text.append('!'));
        input.data(Unpooled.wrappedBuffer(new byte[]{'a', 0, 16, 26, 27, 28, 29, 30, 31, ' ', '~'}));
        assertThat(terminal.text).hasToString("a!");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "ctrl-p,", "ctrl-", "ctrl-P", "ctrl-1", "ctrl-pp", "ctrl-p ctrl-q", "ctrl+p", "pq", "é", "\t", "^P"})
    void otherKeysAreRefused(String keys) {
        assertThatThrownBy(() -> DetachKeys.parse(keys)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + keys + "\"").hasMessageContaining("ctrl-p,ctrl-q");
    }

    @Test
    void anAttachedTerminalIsLeftByTheKeys() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(fixture.attach(ServerFixture.TTY), V4)) {
            int error = client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            client.open("streamtype", "stdout");
            client.open("streamtype", "resize");
            client.send(stdin, "typed before\u0010", false);
            client.send(stdin, "\u0011", false);
            client.readAll();
            assertThat(client.text(error)).isEqualTo(DETACHED);
            assertThat(client.goneAway).isTrue();
        }
    }

    @Test
    void inputThatIsNoTerminalsHasNoKeys() throws IOException {
        fixture.target.init = List.of("/usr/bin/head", "-c", "3");
        try (SpdyTestClient client = new SpdyTestClient(fixture.attach(ServerFixture.ALL), V4)) {
            client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "stderr");
            client.send(stdin, "\u0010\u0011x", false);
            client.readAll();
            assertThat(client.text(stdout)).isEqualTo("\u0010\u0011x");
        }
    }

    @Test
    void aCommandsTerminalHasNoKeys() throws IOException {
        try (SpdyTestClient client = new SpdyTestClient(
                fixture.exec(ServerFixture.TTY, "/bin/sh", "-c", "stty raw -echo; echo ready; head -c 2 | od -An -tx1"), V4)) {
            client.open("streamtype", "error");
            int stdin = client.open("streamtype", "stdin");
            int stdout = client.open("streamtype", "stdout");
            client.open("streamtype", "resize");
            client.readUntil(stdout, "ready");
            client.send(stdin, "\u0010\u0011", false);
            client.readAll();
            assertThat(client.text(stdout)).contains("10 11");
        }
    }
}

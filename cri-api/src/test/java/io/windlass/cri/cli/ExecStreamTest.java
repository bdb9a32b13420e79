package io.windlass.cri.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ExecStreamTest {

    private static final String V4 = "v4.channel.k8s.io";
    private static final Pattern KEY = Pattern.compile("(?i)\r\nSec-WebSocket-Key: *(\\S+)");
    private static final int ERROR = 3;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void anEndOfInputThatTheRuntimeCannotBeToldIsSaid() throws Exception {
        Output output = new Output(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false);
        try (ServerSocket runtime = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(runtime));
            ExecStatus status = ExecStream.run("http://127.0.0.1:" + runtime.getLocalPort() + "/exec/token",
                    new ByteArrayInputStream("in".getBytes(StandardCharsets.UTF_8)), null, output);
            assertThat(status).isEqualTo(new ExecStatus(0, false));
            assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("windlass: ").contains(V4).hasLineCount(1);
        }
    }

    @Test
    void theStatusTellsHowACommandEndedAndThatAPersonHasLeft() throws IOException {
        assertThat(ExecStatus.of("{\"status\":\"Success\"}")).isEqualTo(new ExecStatus(0, false));
        assertThat(ExecStatus.of("{\"status\":\"Success\",\"reason\":\"Detached\"}")).isEqualTo(new ExecStatus(0, true));
        assertThat(ExecStatus.of("{\"status\":\"Failure\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"7\"}]}}"))
                .isEqualTo(new ExecStatus(7, false));
    }

    /** One client of a runtime that speaks the elder version: takes its input, waits for its word about the end, and lets the command succeed. */
    private void serve(ServerSocket runtime) {
        try (Socket socket = runtime.accept()) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            out.write(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: " + accept(head) + "\r\nSec-WebSocket-Protocol: " + V4 + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(in.readNBytes(2 + 4 + 3)).as("a masked message of three bytes").startsWith(0x82, 0x80 | 3);
            awaitWord();
            byte[] status = "{\"status\":\"Success\"}".getBytes(StandardCharsets.UTF_8);
            out.write(new byte[]{(byte) 0x82, (byte) (1 + status.length), ERROR});
            out.write(status);
            out.write(new byte[]{(byte) 0x88, 2, 0x03, (byte) 0xe8});
            in.readAllBytes();
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e); // and the client gets no status
        }
    }

    private static String accept(CharSequence head) throws GeneralSecurityException {
        Matcher key = KEY.matcher(head);
        assertThat(key.find()).isTrue();
        byte[] text = (key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    }

    private void awaitWord() {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!err.toString(StandardCharsets.UTF_8).endsWith("\n")) {
            if (System.nanoTime() > end) {
                throw new AssertionError("nothing was said of the end of the input");
            }
            Thread.onSpinWait();
        }
    }
}

package io.windlass.cri.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The client of a URL that the calls Exec and Attach give, over WebSocket by v5.channel.k8s.io or its elder: each message begins with the number of its
 * channel, and the last one on {@link #ERROR} says how the command ended.
 */
final class ExecStream implements WebSocket.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CLOSES_STDIN = "v5.channel.k8s.io";
    private static final int BUFFER = 32 << 10;

    private static final byte STDIN = 0;
    private static final byte STDOUT = 1;
    private static final byte STDERR = 2;
    private static final byte ERROR = 3;
    private static final byte RESIZE = 4;
    private static final byte CLOSE = (byte) 255;

    private final Output out;
    private final ByteArrayOutputStream status = new ByteArrayOutputStream();
    private final CompletableFuture<ExecStatus> end = new CompletableFuture<>();
    private @Nullable OutputStream sink; // of the message under way

    private ExecStream(Output out) {
        this.out = out;
    }

    /**
     * Carries the bytes until the stream's end.
     *
     * @param stdin    what the command reads; null where it was not asked for
     * @param terminal of the person, whose size the command's terminal has; null for none
     * @return how it ended
     */
    static ExecStatus run(String url, @Nullable InputStream stdin, @Nullable RawTerminal terminal, Output out)
            throws IOException, InterruptedException {
        ExecStream stream = new ExecStream(out);
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            WebSocket socket = http.newWebSocketBuilder().subprotocols(CLOSES_STDIN, "v4.channel.k8s.io")
                    .buildAsync(URI.create(url.replaceFirst("^http", "ws")), stream).join();
            try {
                if (terminal != null) {
                    terminal.onSize((rows, columns) -> send(socket, RESIZE, size(rows, columns)));
                }
                if (stdin != null) {
                    Thread.ofPlatform().daemon().name("stdin").start(() -> feed(stdin, socket, out));
                }
                return stream.end.get();
            } finally {
                socket.abort();
                http.shutdownNow();
            }
        } catch (CompletionException | ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case WebSocketHandshakeException e -> new IOException(
                    "the runtime refuses the stream: HTTP " + e.getResponse().statusCode(), e);
            case IOException e -> e;
            case null, default -> new IOException("the stream failed: " + cause, cause);
        };
    }

    private static byte[] size(int rows, int columns) {
        return ("{\"Width\":" + columns + ",\"Height\":" + rows + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static void feed(InputStream stdin, WebSocket socket, Output out) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int n = stdin.read(buffer); n != -1; n = stdin.read(buffer)) {
                byte[] part = new byte[n];
                System.arraycopy(buffer, 0, part, 0, n);
                send(socket, STDIN, part);
            }
            if (socket.getSubprotocol().equals(CLOSES_STDIN)) {
                send(socket, CLOSE, new byte[]{STDIN});
            } else {
                out.err().println("windlass: the runtime cannot be told that the input has ended, as it speaks " + socket.getSubprotocol()
                        + ": a command that reads to the end waits for more");
            }
        } catch (IOException | CompletionException e) {
            // the command has ended before its input: its status says how
        }
    }

    /** One message at a time: a WebSocket takes the next after the one before has gone. */
    private static void send(WebSocket socket, byte channel, byte[] data) {
        ByteBuffer message = ByteBuffer.allocate(data.length + 1).put(channel).put(data).flip();
        synchronized (socket) {
            socket.sendBinary(message, true).join();
        }
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        try {
            if (sink == null && data.hasRemaining()) {
                sink = sink(data.get());
            }
            if (sink != null) {
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                sink.write(bytes);
                sink.flush();
            }
            if (last) {
                sink = null;
            }
        } catch (IOException e) {
            end.completeExceptionally(e);
        }
        socket.request(1);
        return null;
    }

    private OutputStream sink(byte channel) {
        return switch (channel) {
            case STDOUT -> out.out();
            case STDERR -> out.err();
            case ERROR -> status;
            default -> OutputStream.nullOutputStream();
        };
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        try {
            end.complete(ExecStatus.of(status.toString(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            end.completeExceptionally(e);
        }
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        end.completeExceptionally(error);
    }
}

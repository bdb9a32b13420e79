package io.windlass.cri.stream;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A client that speaks WebSocket frame by frame. */
final class WebSocketTestClient implements AutoCloseable {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** A message from the server. */
    record Frame(int opcode, byte[] payload) {}

    final Socket socket;
    final List<String> head = new ArrayList<>();
    final Map<Integer, ByteArrayOutputStream> received = new HashMap<>();
    int closeCode;
    private final DataInputStream in;
    private final OutputStream out;

    WebSocketTestClient(String url, String protocols) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(5_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 256 << 10));
        out = socket.getOutputStream();
        out.write(("GET " + uri.getPath() + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + (protocols.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + protocols + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n' && line.isEmpty()) {
                break;
            }
            if (c == '\n') {
                head.add(line.toString());
                line.setLength(0);
            } else if (c != '\r') {
                line.append((char) c);
            }
        }
    }

    /** Sends one masked frame. */
    void send(int opcode, boolean fin, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) ((fin ? 0x80 : 0) | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xffff) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        byte[] mask = {1, 2, 3, 4};
        frame.put(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ mask[i & 3]));
        }
        out.write(frame.array(), 0, frame.position());
    }

    /** Sends a text on a channel. */
    void send(int channel, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(BINARY, true, ByteBuffer.allocate(1 + bytes.length).put((byte) channel).put(bytes).array());
    }

    /** Version 5: a channel has ended. */
    void end(int channel) throws IOException {
        send(BINARY, true, new byte[]{(byte) 255, (byte) channel});
    }

    /** Says that the connection is to be closed. */
    void goodbye(int code) throws IOException {
        send(CLOSE, true, ByteBuffer.allocate(Short.BYTES).putShort((short) code).array());
    }

    Frame next() throws IOException {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return new Frame(first & 15, payload);
    }

    /** Takes messages until the server says goodbye. */
    void readAll() throws IOException {
        while (true) {
            Frame frame = next();
            if (frame.opcode == CLOSE) {
                closeCode = ByteBuffer.wrap(frame.payload).getShort();
                return;
            }
            take(frame);
        }
    }

    void readUntil(int channel, String part) throws IOException {
        while (!text(channel).contains(part)) {
            take(next());
        }
    }

    private void take(Frame frame) {
        int channel = frame.opcode == TEXT ? frame.payload[0] - '0' : frame.payload[0];
        received.computeIfAbsent(channel, id -> new ByteArrayOutputStream()).write(frame.payload, 1, frame.payload.length - 1);
    }

    String text(int channel) {
        ByteArrayOutputStream bytes = received.get(channel);
        return bytes == null ? "" : bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

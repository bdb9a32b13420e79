package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A client that speaks SPDY/3.1 frame by frame, as unkind as the real ones: it never sends WINDOW_UPDATE. */
final class SpdyTestClient implements AutoCloseable {

    static final int SYN_REPLY = 2;
    static final int RST_STREAM = 3;
    static final int PING = 6;
    static final int GOAWAY = 7;
    private static final int CANCEL = 5;

    /** A frame from the server; type 0 is data. */
    record Frame(int type, int stream, boolean fin, byte[] payload) {}

    final Socket socket;
    final List<String> head = new ArrayList<>();
    final Map<Integer, ByteArrayOutputStream> received = new HashMap<>();
    final List<Integer> finished = new ArrayList<>();
    final List<Integer> reset = new ArrayList<>();
    boolean goneAway;
    private final DataInputStream in;
    private final OutputStream out;
    private final EmbeddedChannel headers = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private int next = 1;

    /** Connects and asks for the upgrade; {@link #head} is what the server says. */
    SpdyTestClient(String url, String protocols) throws IOException {
        this(url, protocols, 0);
    }

    /** As above, with a receive buffer that small; 0 for the kernel's choice. */
    SpdyTestClient(String url, String protocols, int receiveBuffer) throws IOException {
        URI uri = URI.create(url);
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        socket.setSoTimeout(5_000);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 256 << 10));
        out = socket.getOutputStream();
        String request = "POST " + uri.getPath()
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                + (protocols.isEmpty() ? "" : "X-Stream-Protocol-Version: " + protocols + "\r\n") + "\r\n";
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = in.read();
            if (c < 0) {
                break;
            }
            if (c == '\n') {
                if (line.isEmpty()) {
                    break;
                }
                head.add(line.toString());
                line.setLength(0);
            } else if (c != '\r') {
                line.append((char) c);
            }
        }
    }

    /** Bytes that can be read without waiting. */
    int available() {
        try {
            return in.available();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Opens a stream and waits for the answer to it. */
    int open(String... namesAndValues) throws IOException {
        int id = next;
        next += 2;
        SpdySynStreamFrame syn = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            syn.headers().set(namesAndValues[i], namesAndValues[i + 1]);
        }
        headers.writeOutbound(syn);
        ByteBuf encoded = headers.readOutbound();
        out.write(ByteBufUtil.getBytes(encoded));
        encoded.release();
        received.put(id, new ByteArrayOutputStream());
        Frame reply = next();
        while (reply.type == 0 || reply.type == RST_STREAM) {
            take(reply);
            reply = next();
        }
        if (reply.type != SYN_REPLY || reply.stream != id || reply.payload.length <= Integer.BYTES) { // with a block of headers
            throw new IOException("no answer to stream " + id + " but " + reply);
        }
        return id;
    }

    /** Sends a data frame. */
    void send(int stream, byte[] data, boolean fin) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(8 + data.length).putInt(stream).putInt((fin ? 1 << 24 : 0) | data.length).put(data);
        out.write(frame.array());
    }

    void send(int stream, String text, boolean fin) throws IOException {
        send(stream, text.getBytes(StandardCharsets.UTF_8), fin);
    }

    /** Resets a stream: neither side shall send more on it. */
    void reset(int stream) throws IOException {
        control(RST_STREAM, stream, CANCEL);
    }

    /** Sends a control frame with a payload of one or two words. */
    void control(int type, int... words) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(8 + 4 * words.length).putShort((short) 0x8003).putShort((short) type)
                .putInt(4 * words.length);
        for (int word : words) {
            frame.putInt(word);
        }
        out.write(frame.array());
    }

    /** The next frame. */
    Frame next() throws IOException {
        int first = in.readInt();
        int second = in.readInt();
        byte[] payload = new byte[second & 0xffffff];
        in.readFully(payload);
        boolean fin = (second >>> 24 & 1) == 1;
        if (first >= 0) {
            return new Frame(0, first, fin, payload);
        }
        int stream = payload.length >= 4 ? ByteBuffer.wrap(payload).getInt() : 0;
        return new Frame(first & 0xffff, stream, fin, payload);
    }

    /** Takes frames until the server closes the connection. */
    void readAll() throws IOException {
        readAll(frame -> {
        });
    }

    /** Takes frames until the server closes the connection, showing each. */
    void readAll(Consumer<Frame> seen) throws IOException {
        try {
            while (true) {
                Frame frame = next();
                seen.accept(frame);
                take(frame);
            }
        } catch (EOFException e) {
            socket.close();
        }
    }

    /** Reads until a stream has brought so much text. */
    void readUntil(int stream, String part) throws IOException {
        while (!text(stream).contains(part)) {
            take(next());
        }
    }

    void take(Frame frame) {
        switch (frame.type) {
            case 0 -> {
                received.computeIfAbsent(frame.stream, id -> new ByteArrayOutputStream()).writeBytes(frame.payload);
                if (frame.fin) {
                    finished.add(frame.stream);
                }
            }
            case RST_STREAM -> reset.add(frame.stream);
            case GOAWAY -> goneAway = true;
            default -> {
            }
        }
    }

    String text(int stream) {
        return new String(bytes(stream), StandardCharsets.UTF_8);
    }

    byte[] bytes(int stream) {
        ByteArrayOutputStream bytes = received.get(stream);
        return bytes == null ? new byte[0] : bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        headers.finishAndReleaseAll();
    }
}

package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.windlass.shim.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Frames that no client would send: the session goes on or ends, nothing is thrown past it, and no buffer is lost. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class FrameFuzzTest {
    /** Takes all streams, answers what comes, and counts. */
    private static final class Echo implements StreamService {
        private final List<ClientStream> streams = new ArrayList<>();
        private int bytes;
        private int ends;
        private boolean gone;

        @Override
        public boolean opened(ClientStream stream) {
            streams.add(stream);
            if (stream.id() % 7 == 6) {
                return false;
            }
            stream.receiver(new ClientStream.Receiver() {
                @Override
                public void data(ByteBuf data) {
                    bytes += data.readableBytes();
                    data.release();
                }

                @Override
                public void end() {
                    ends++;
                    stream.finish();
                }
            });
            return true;
        }

        @Override
        public void disconnected() {
            gone = true;
        }

        @Override
        public String toString() {
            return streams.size() + " " + (bytes > 0) + " " + ends + " " + gone;
        }
    }

    private interface Setup {
        void on(EmbeddedChannel channel, Echo service);
    }

    private static Fuzz.Target target(Setup setup) {
        return input -> {
            UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
            EmbeddedChannel channel = new EmbeddedChannel();
            channel.config().setAllocator(memory);
            Echo service = new Echo();
            setup.on(channel, service);
            int half = input.length / 2;
            for (byte[] part : List.of(Arrays.copyOf(input, half), Arrays.copyOfRange(input, half, input.length))) {
                if (channel.isOpen()) {
                    channel.writeInbound(memory.buffer(Math.max(1, part.length)).writeBytes(part));
                }
            }
            boolean open = channel.isOpen();
            channel.finishAndReleaseAll();
            assertThat(service.gone).isTrue();
            assertThat(memory.metric().usedHeapMemory() + memory.metric().usedDirectMemory()).as("bytes of lost buffers").isZero();
            return service + " " + open;
        };
    }

    @Test
    void spdy() throws Exception {
        Fuzz.run("spdy", List.of(spdySeed()), target((channel, service) -> {
            channel.pipeline().addLast("spdy", SpdySession.codec(channel));
            ChannelHandlerContext codec = channel.pipeline().context("spdy");
            SpdyUpgrade.add(channel.pipeline(), new SpdySession(codec, new Flow(channel), service));
        }));
    }

    private static byte[] spdySeed() {
        EmbeddedChannel client = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
        DefaultSpdySynStreamFrame syn = new DefaultSpdySynStreamFrame(1, 0, (byte) 0);
        syn.headers().set("streamtype", "stdin");
        client.writeOutbound(syn, new DefaultSpdyDataFrame(1, Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII)),
                new DefaultSpdyPingFrame(1));
        DefaultSpdySynStreamFrame second = new DefaultSpdySynStreamFrame(3, 0, (byte) 0);
        second.headers().set("streamtype", "error").set("port", "80");
        second.setLast(true);
        client.writeOutbound(second);
        return outbound(client);
    }

    private static byte[] outbound(EmbeddedChannel channel) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            byte[] copy = new byte[part.readableBytes()];
            part.readBytes(copy);
            bytes.writeBytes(copy);
            part.release();
        }
        channel.finishAndReleaseAll();
        return bytes.toByteArray();
    }

    @Test
    void webSocket() throws Exception {
        for (ChannelEncoding encoding : ChannelEncoding.values()) {
            Fuzz.run("websocket-" + encoding.toString().toLowerCase(Locale.ROOT), List.of(webSocketSeed(), base64Seed()),
                    target((channel, service) -> {
                        channel.pipeline().addLast(new WebSocket13FrameDecoder(true, false, 1 << 16, false));
                        channel.pipeline().addLast("encoder", new WebSocket13FrameEncoder(false));
                        WebSocketSession session = new WebSocketSession(channel.pipeline().context("encoder"), new Flow(channel), service,
                                encoding,
                                true);
                        channel.pipeline().addLast(session);
                        for (String type : List.of("stdin", "stdout", "stderr", "error", "resize")) {
                            session.open(Map.of("streamtype", type));
                        }
                    }));
        }
    }

    /** Two frames on channel 0 in one message, a ping, the end of channel 0, and a goodbye; masked with zeros. */
    private static byte[] webSocketSeed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frame(bytes, 0x02, new byte[]{0, 'h', 'e'});
        frame(bytes, 0x80, new byte[]{'l', 'l', 'o'});
        frame(bytes, 0x89, new byte[]{1, 2});
        frame(bytes, 0x81, "4{\"Width\":80,\"Height\":24}".getBytes(StandardCharsets.US_ASCII));
        frame(bytes, 0x82, new byte[]{(byte) 255, 0});
        frame(bytes, 0x88, new byte[]{3, (byte) 0xe8});
        return bytes.toByteArray();
    }

    /** Input in two messages and one that is empty, a size, and bytes that are no base64. */
    private static byte[] base64Seed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String message : List.of("0aGU=", "0bGxv", "0", "4eyJXaWR0aCI6ODAsIkhlaWdodCI6MjR9", "1YQ==")) {
            frame(bytes, 0x81, message.getBytes(StandardCharsets.US_ASCII));
        }
        frame(bytes, 0x81, "0?".getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    private static void frame(ByteArrayOutputStream bytes, int head, byte[] payload) {
        bytes.write(head);
        bytes.write(0x80 | payload.length);
        bytes.writeBytes(new byte[4]);
        bytes.writeBytes(payload);
    }
}

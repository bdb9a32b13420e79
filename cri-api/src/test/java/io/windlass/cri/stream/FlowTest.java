package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client can make the daemon keep in memory. */
class FlowTest {

    private static final int READ = 256 << 10;

    private final Dam dam = new Dam();
    private final EmbeddedChannel channel = new EmbeddedChannel(dam);
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private final Flow flow = new Flow(channel);

    /** Keeps what is written, like the socket of a client that does not read. */
    private static final class Dam extends ChannelOutboundHandlerAdapter {
        private boolean open;

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (open) {
                ctx.flush();
            }
        }
    }

    private static final class Nothing implements StreamService {
        @Override
        public boolean opened(ClientStream stream) {
            return false;
        }

        @Override
        public void disconnected() {}
    }

    @AfterEach
    void nothingIsLost() {
        dam.open = true;
        channel.finishAndReleaseAll();
        assertThat(memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory()).isZero();
    }

    private boolean isRead() {
        return channel.config().isAutoRead();
    }

    @Test
    void aClientThatAsksAndDoesNotReadIsNotReadUntilItDoes() {
        channel.config().setWriteBufferWaterMark(Flow.OUTBOUND);
        channel.pipeline().addLast("spdy", SpdySession.codec(channel));
        SpdyUpgrade.add(channel.pipeline(), new SpdySession(channel.pipeline().context("spdy"), flow, new Nothing()));
        ByteBuffer pings = ByteBuffer.allocate(12 * 1000);
        while (pings.hasRemaining()) {
            pings.putInt(0x8003_0006).putInt(4).putInt(1);
        }
        for (int i = 0; i < 1000 && isRead(); i++) {
            channel.writeInbound(Unpooled.copiedBuffer(pings.array()));
        }
        assertThat(isRead()).isFalse();
        dam.open = true;
        channel.flush();
        assertThat(isRead()).isTrue();
    }

    /** The memory of a header is many times its bytes. */
    @Test
    void aStreamKeepsNoHeaderThatNobodyAsksFor() {
        channel.pipeline().addLast("spdy", SpdySession.codec(channel));
        SpdySession session = new SpdySession(channel.pipeline().context("spdy"), flow, new Nothing());
        SpdyHeaders sent = new DefaultSpdySynStreamFrame(1, 0, (byte) 0).headers();
        sent.set("streamtype", "data").set("requestid", "7").set("x", "");
        SpdyStream stream = new SpdyStream(session, 1, sent);
        assertThat(stream.header("streamtype")).isEqualTo("data");
        assertThat(stream.header("requestid")).isEqualTo("7");
        assertThat(stream.header("port")).isNull();
        assertThat(stream.header("x")).isNull();
    }

    /** A buffer as it was read from the client, and of it only a part that is for one stream. */
    private ByteBuf part(int bytes) {
        ByteBuf read = memory.directBuffer(READ).writeZero(READ);
        ByteBuf part = read.readRetainedSlice(bytes);
        read.release();
        return part;
    }

    @Test
    void fewBytesThatWaitKeepNothingElse() {
        channel.config().setAllocator(memory);
        FdWriter writer = new FdWriter(flow);
        for (int i = 0; i < 1000; i++) {
            writer.data(part(1 + i % 50));
        }
        assertThat(memory.metric().usedDirectMemory()).isLessThan(READ);
        assertThat(isRead()).isTrue();
        writer.close();
    }

    @Test
    void manyStreamsTogetherStopTheClient() {
        channel.config().setAllocator(memory);
        List<FdWriter> writers = new ArrayList<>();
        for (int i = 0; i < Flow.ALL_HIGH / Flow.INBOUND_HIGH; i++) {
            writers.add(new FdWriter(flow));
            writers.getLast().data(part(Flow.INBOUND_HIGH));
            assertThat(isRead()).isTrue();
        }
        writers.add(new FdWriter(flow));
        writers.getLast().data(part(1));
        assertThat(isRead()).isFalse();
        writers.forEach(FdWriter::close);
        assertThat(isRead()).isTrue();
    }
}

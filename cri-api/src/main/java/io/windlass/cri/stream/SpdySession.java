package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.Map;

/**
 * The server's side of a SPDY/3.1 connection, as Kubernetes clients use it: only they open streams, every stream is answered at once, and
 * neither side keeps windows. A window of 64 KiB that is never opened again is what the usual client would give us, so what bounds memory is
 * TCP's own window by way of {@link Flow}.
 *
 * <pre>
 * client: SYN_STREAM(1) streamtype=error     server: SYN_REPLY(1)
 * client: SYN_STREAM(3) streamtype=stdout    server: SYN_REPLY(3)
 *                                            server: DATA(3) DATA(3) … DATA(3,FIN) DATA(1) DATA(1,FIN) GOAWAY
 * </pre>
 */
final class SpdySession extends ChannelInboundHandlerAdapter implements Session {

    /** Streams open at a time; a port-forward opens two for every connection. */
    private static final int MAX_STREAMS = 2000;
    /** Of data frames that the codec makes, which are none. */
    private static final int MAX_CHUNK = 8 << 10;
    /** Characters of one stream's names and values; the usual clients send less than a hundred. See {@link SpdyStream} for what is kept. */
    private static final int MAX_HEADERS = 2 << 10;

    private final Map<Integer, SpdyStream> streams = new HashMap<>();
    private final ChannelHandlerContext codec;
    private final Flow flow;
    private final StreamService service;
    private int lastId;

    /**
     * A session above a frame codec.
     *
     * @param codec where bytes are written that are frames already
     */
    SpdySession(ChannelHandlerContext codec, Flow flow, StreamService service) {
        this.codec = codec;
        this.flow = flow;
        this.service = service;
    }

    /**
     * The codec of such sessions, for control frames only: header blocks compressed as little as possible. What is left of one when the connection
     * is closed is not decoded once more: the codec has given its buffer back by then, and would never do so with another.
     */
    static SpdyFrameCodec codec(Channel channel) {
        return new SpdyFrameCodec(SpdyVersion.SPDY_3_1, MAX_CHUNK, MAX_HEADERS, 1, 15, 8) {
            @Override
            public void readHeaderBlock(ByteBuf block) {
                if (channel.isOpen()) {
                    super.readHeaderBlock(block);
                } else {
                    block.release();
                }
            }
        };
    }

    void send(ByteBuf frame) {
        codec.write(frame, codec.voidPromise());
    }

    void sendReset(int id) {
        codec.channel().write(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.CANCEL));
    }

    void forget(int id) {
        streams.remove(id);
    }

    @Override
    public ChannelFuture goodbye() {
        return codec.channel().writeAndFlush(new DefaultSpdyGoAwayFrame(lastId, SpdySessionStatus.OK));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        switch (frame) {
            case SpdySynStreamFrame syn -> opened(ctx, syn);
            case SpdyRstStreamFrame reset -> {
                SpdyStream stream = streams.get(reset.streamId());
                if (stream != null) {
                    stream.resetByClient();
                }
            }
            case SpdyPingFrame ping when (ping.id() & 1) == 1 -> ctx.writeAndFlush(ping);
            default -> ReferenceCountUtil.release(frame); // settings, windows, headers after the first, goodbyes
        }
        flow.answered();
    }

    /** Takes a part of a data frame, and the buffer. */
    void received(int id, ByteBuf bytes, boolean last) {
        SpdyStream stream = streams.get(id);
        if (stream == null) {
            bytes.release();
            return;
        }
        stream.received(bytes);
        if (last) {
            stream.inputOver();
        }
    }

    private void opened(ChannelHandlerContext ctx, SpdySynStreamFrame syn) {
        int id = syn.streamId();
        if ((id & 1) == 0 || id <= lastId || syn.isInvalid() || syn.isTruncated()) {
            ctx.writeAndFlush(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.PROTOCOL_ERROR));
            return;
        }
        lastId = id;
        SpdyStream stream = new SpdyStream(this, id, syn.headers());
        if (streams.size() >= MAX_STREAMS) {
            ctx.writeAndFlush(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.REFUSED_STREAM));
            return;
        }
        streams.put(id, stream);
        ctx.write(reply(id));
        if (!service.opened(stream)) {
            stream.reset();
        }
        if (syn.isLast()) {
            stream.inputOver();
        }
        ctx.flush();
    }

    /** With a header, though nobody needs one: for none the codec leaves out the whole block, at whose beginning clients wait for a number. */
    private static SpdySynReplyFrame reply(int id) {
        SpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(id);
        reply.headers().set("status", "200");
        return reply;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        flow.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        streams.clear();
        service.disconnected();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Broken.log(cause);
        ctx.close(); // a broken frame or a reset connection: the client is as good as gone
    }
}

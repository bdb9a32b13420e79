package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/** Carries the bytes of a SPDY connection in binary WebSocket messages, however they are cut. */
final class SpdyTunnel extends ChannelDuplexHandler {

    private final Flow flow;
    private boolean closed;

    SpdyTunnel(Flow flow) {
        this.flow = flow;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case BinaryWebSocketFrame frame -> ctx.fireChannelRead(frame.content());
            case ContinuationWebSocketFrame frame -> ctx.fireChannelRead(frame.content());
            case PingWebSocketFrame ping -> {
                ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
                flow.answered();
            }
            case CloseWebSocketFrame close -> {
                closed = true;
                WebSocketSession.answer(ctx, close);
            }
            default -> ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (closed) {
            ReferenceCountUtil.release(message);
            promise.trySuccess();
        } else {
            ctx.write(message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message, promise);
        }
    }
}

package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a WebSocket connection with numbered channels. All channels are there from the start.
 *
 * <pre>
 * client: 00 'l' 's' 0a      input on channel 0 (stdin)
 * server: 01 'a' 0a          output on channel 1 (stdout)
 * client: ff 00              channel 0 has ended, version 5 only
 * server: 03 '{' …           the status on channel 3 (error)
 * </pre>
 */
final class WebSocketSession extends ChannelInboundHandlerAdapter implements Session {

    /** The number that says another channel has ended. */
    private static final int CLOSE_SIGNAL = 255;

    private final ChannelHandlerContext below;
    private final Flow flow;
    private final StreamService service;
    private final ChannelEncoding encoding;
    private final boolean closeSignal;
    private final List<WebSocketStream> streams = new ArrayList<>();
    private @Nullable WebSocketStream current;
    private boolean fragmented;
    private boolean goodbyeSent;

    /**
     * A session without channels.
     *
     * @param below       the frame encoder's context: what is written there is bytes already
     * @param closeSignal whether the client tells the end of a channel
     */
    WebSocketSession(ChannelHandlerContext below, Flow flow, StreamService service, ChannelEncoding encoding, boolean closeSignal) {
        this.below = below;
        this.flow = flow;
        this.service = service;
        this.encoding = encoding;
        this.closeSignal = closeSignal;
    }

    /** Adds the next channel. */
    WebSocketStream open(Map<String, String> headers) {
        WebSocketStream stream = new WebSocketStream(this, streams.size(), headers);
        streams.add(stream);
        service.opened(stream);
        return stream;
    }

    /** How many channels there are. */
    int size() {
        return streams.size();
    }

    void send(int channel, ByteBuf data) {
        below.write(encoding.frame(channel, data), below.voidPromise());
    }

    @Override
    public ChannelFuture goodbye() {
        goodbyeSent = true;
        return below.channel().writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case BinaryWebSocketFrame frame -> first(frame);
            case TextWebSocketFrame frame -> first(frame);
            case ContinuationWebSocketFrame frame -> rest(frame);
            case PingWebSocketFrame ping -> {
                ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
                flow.answered();
            }
            case CloseWebSocketFrame close -> goodbyeReceived(ctx, close);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void goodbyeReceived(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
        if (goodbyeSent) {
            close.release();
            ctx.close();
        } else {
            goodbyeSent = true;
            service.disconnected(); // no stream may bring bytes after the answer
            answer(ctx, close);
        }
    }

    /** Sends a client's goodbye back and closes the connection, after a while also if that is not taken. See RFC 6455, 5.5.1. */
    static void answer(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
        ctx.writeAndFlush(close).addListener(sent -> ctx.close());
        Flow.closeLater(ctx.channel());
    }

    private void first(WebSocketFrame frame) {
        ByteBuf content = frame.content();
        current = null;
        fragmented = !frame.isFinalFragment();
        if (!content.isReadable()) {
            frame.release();
            return;
        }
        int channel = encoding.channel(content);
        if (closeSignal && channel == CLOSE_SIGNAL) {
            if (content.isReadable()) {
                WebSocketStream ended = stream(content.readUnsignedByte());
                if (ended != null) {
                    ended.inputOver();
                }
            }
            frame.release();
            return;
        }
        current = stream(channel);
        pass(content);
    }

    private void rest(ContinuationWebSocketFrame frame) {
        if (!fragmented) {
            frame.release();
            return;
        }
        fragmented = !frame.isFinalFragment();
        pass(frame.content());
    }

    private void pass(ByteBuf content) {
        if (current == null) {
            content.release();
        } else {
            current.received(encoding.bytes(content));
        }
    }

    private @Nullable WebSocketStream stream(int channel) {
        return channel >= 0 && channel < streams.size() ? streams.get(channel) : null;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        flow.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        service.disconnected();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Broken.log(cause);
        ctx.close(); // a broken frame or a reset connection: the client is as good as gone
    }
}

package io.windlass.cri.stream;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which nothing has come or gone for long: its client is taken for dead. It must be the first handler, where all bytes
 * pass. Time is only looked at a few times while it runs, which costs the bytes nothing.
 */
final class IdleClose extends ChannelDuplexHandler {

    private static final int LOOKS = 8;

    private final long lookNanos;
    private boolean active;
    private int quiet;

    IdleClose(Duration idle) {
        lookNanos = Math.max(1, idle.toNanos() / LOOKS);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        look(ctx);
    }

    private void look(ChannelHandlerContext ctx) {
        ctx.executor().schedule(() -> {
            quiet = active ? 0 : quiet + 1;
            active = false;
            if (quiet >= LOOKS) {
                ctx.close();
            } else if (ctx.channel().isActive()) {
                look(ctx);
            }
        }, lookNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        active = true;
        ctx.fireChannelRead(message);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        active = true;
        ctx.flush();
    }
}

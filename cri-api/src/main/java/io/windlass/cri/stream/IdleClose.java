package io.windlass.cri.stream;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which nothing has come or gone for long: its client is taken for dead. It must be the first handler, where all bytes
 * pass. Time is only looked at a few times while it runs, which costs the bytes nothing.
 */
final class IdleClose extends ChannelDuplexHandler {

    private static final int LOOKS = 8;

    private final long lookNanos;
    private boolean active;
    private int quiet;
    private @Nullable Future<?> next;

    IdleClose(Duration idle) {
        lookNanos = Math.max(1, idle.toNanos() / LOOKS);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        look(ctx);
    }

    /** Also called when the connection has ended: until the next look it would be kept in memory. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (next != null) {
            next.cancel(false);
        }
    }

    private void look(ChannelHandlerContext ctx) {
        next = ctx.executor().schedule(() -> {
            quiet = active ? 0 : quiet + 1;
            active = false;
            if (quiet >= LOOKS) {
                ctx.close();
            } else {
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

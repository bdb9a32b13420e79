package io.windlass.cri.stream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** Closes a connection on which nothing has come or gone for hours: its client is taken for dead. */
final class IdleClose extends IdleStateHandler {

    /** As long as the field's clients are used to. */
    static final int HOURS = 4;

    IdleClose() {
        super(true, 0, 0, HOURS, TimeUnit.HOURS);
    }

    @Override
    protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
        ctx.close();
    }
}

package io.windlass.cri.stream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Lets nobody read from the client while {@link Flow} holds it. Decoders ask for more whenever what they got was not enough for a frame, held or
 * not, so that a client could fill the memory. It must be before them; the end of the hold reads anyway.
 */
final class ReadGate extends ChannelOutboundHandlerAdapter {

    private final Flow flow;

    ReadGate(Flow flow) {
        this.flow = flow;
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (!flow.held()) {
            ctx.read();
        }
    }
}

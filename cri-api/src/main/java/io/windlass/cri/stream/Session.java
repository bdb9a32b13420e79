package io.windlass.cri.stream;

import io.netty.channel.ChannelFuture;

/** The protocol over which the streams of one connection are carried. */
interface Session {

    /** Sends the frame that says nothing more will come on any stream; it is the last one. Done when all that was written before is sent too. */
    ChannelFuture goodbye();
}

package io.windlass.cri.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** The event loop of a connection, and what its streams share, without a client. */
final class LoopFixture implements Session, AutoCloseable {

    /** What is done on the loop. */
    interface Work {
        void run() throws Exception;
    }

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private final Channel channel = new LocalChannel();
    final Flow flow = new Flow(channel);
    boolean hungUp;

    LoopFixture() {
        loops.register(channel).syncUninterruptibly();
    }

    /** Does something on the loop, after all that has been given to the loop before. */
    void run(Work work) throws Exception {
        assertThat(channel.eventLoop().submit(() -> {
            work.run();
            return true;
        }).get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public ChannelFuture goodbye() {
        hungUp = true;
        return channel.newSucceededFuture();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

package io.windlass.cri.server;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The gRPC server on its unix socket: one event loop for the bytes, and for what never blocks; calls run beside it, see {@link InFlight}. */
public final class Listener implements AutoCloseable {

    private final SocketFile socket;
    private final EventLoopGroup loop;
    private final Server server;
    private final InFlight inFlight;
    private final int graceSeconds;

    private Listener(SocketFile socket, EventLoopGroup loop, Server server, InFlight inFlight, int graceSeconds) {
        this.socket = socket;
        this.loop = loop;
        this.server = server;
        this.inFlight = inFlight;
        this.graceSeconds = graceSeconds;
    }

    /**
     * Serves until closed.
     *
     * @param inFlight        counts the calls of the services
     * @param maxMessageBytes a longer request is ResourceExhausted
     * @param graceSeconds    how long close waits for calls under way
     * @throws IOException when the socket cannot be made; nothing is left behind
     */
    public static Listener open(SocketFile socket, PeerGate gate, List<ServerServiceDefinition> services, InFlight inFlight,
            int maxMessageBytes, int graceSeconds) throws IOException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("cri-loop"), EpollIoHandler.newFactory());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.bindPath().toFile()))
                .channelFactory(() -> gated(gate)).bossEventLoopGroup(loop).workerEventLoopGroup(loop).directExecutor()
                .maxInboundMessageSize(maxMessageBytes).permitKeepAliveTime(5, TimeUnit.SECONDS).permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        Listener listener = new Listener(socket, loop, builder.build(), inFlight, graceSeconds);
        try {
            listener.server.start();
            socket.publish();
            return listener;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private static EpollServerDomainSocketChannel gated(PeerGate gate) {
        EpollServerDomainSocketChannel channel = new EpollServerDomainSocketChannel();
        channel.pipeline().addLast(gate);
        return channel;
    }

    /** The loop that may serve other sockets of the daemon, too. */
    EventLoopGroup loop() {
        return loop;
    }

    /** Takes no new calls, waits for those under way as long as the grace period allows, then cancels them. */
    @Override
    public void close() {
        socket.remove();
        server.shutdown();
        try {
            inFlight.awaitNone(graceSeconds);
            server.shutdownNow(); // clients keep their connections as long as they may
            server.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        inFlight.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}

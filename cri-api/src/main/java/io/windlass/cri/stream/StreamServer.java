package io.windlass.cri.stream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server behind the URLs of exec, attach and port-forward.
 *
 * <pre>
 * try (StreamServer server = StreamServer.start(StreamAddress.parse("127.0.0.1:0"), null, Duration.ofHours(4),
 *         DetachKeys.parse("ctrl-p,ctrl-q"), target, pending)) {
 *     String url = server.url(request);  // http://127.0.0.1:40001/exec/3q2-7wAAAAAAAAAAAAAAAA
 * }
 * </pre>
 */
public final class StreamServer implements AutoCloseable {

    private static final int LOOPS = 2;
    private static final int MAX_REQUEST_BYTES = 64 << 10;
    private static final int IDLE_THREAD_SECONDS = 5;
    private static final int CLOSE_SECONDS = 5;

    private final EventLoopGroup loops;
    private final ExecutorService blocking;
    private final PendingRequests pending;
    private final String base;

    private StreamServer(EventLoopGroup loops, ExecutorService blocking, PendingRequests pending, String base) {
        this.loops = loops;
        this.blocking = blocking;
        this.pending = pending;
        this.base = base;
    }

    /**
     * Serves until closed.
     *
     * @param idle how long nothing may come or go before a client is taken for dead
     * @param tls the server's certificate and key; null for plain HTTP, which is for loopback addresses only
     * @param keys end an attach to a terminal
     * @throws IOException              when the address cannot be had
     * @throws IllegalArgumentException for an address that others can reach without TLS
     */
    public static StreamServer start(StreamAddress address, @Nullable SslContext tls, Duration idle, DetachKeys keys,
            StreamTarget target, PendingRequests pending) throws IOException {
        if (tls == null && !address.loopback()) {
            throw new IllegalArgumentException("streaming address " + address.host().getHostAddress()
                    + " can be reached by others: give it a certificate or use a loopback address");
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(LOOPS, new DefaultThreadFactory("stream-loop", true),
                EpollIoHandler.newFactory());
        ExecutorService blocking = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_THREAD_SECONDS, TimeUnit.SECONDS,
                new SynchronousQueue<>(), Thread.ofPlatform().daemon().name("stream-", 0).factory());
        ChannelFuture bound = new ServerBootstrap().group(loops).channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true).childOption(ChannelOption.RCVBUF_ALLOCATOR, Flow.INBOUND)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Flow.OUTBOUND)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST_BYTES),
                                new HttpEntry(pending, new Backend(target, idle, keys, blocking)));
                    }
                }).bind(address.socketAddress()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            blocking.shutdown();
            throw new IOException("cannot serve streams on " + address.host().getHostAddress() + " port " + address.port() + ": "
                    + bound.cause().getMessage(), bound.cause());
        }
        Channel channel = bound.channel();
        String authority = address.authority(((InetSocketAddress) channel.localAddress()).getPort());
        return new StreamServer(loops, blocking, pending, (tls == null ? "http://" : "https://") + authority);
    }

    /** Where it serves, {@code http://ADDRESS:PORT}. */
    public String base() {
        return base;
    }

    /**
     * Keeps a request and returns the URL that serves it once.
     *
     * @throws io.windlass.cri.error.CriException RESOURCE_EXHAUSTED while too many wait
     */
    String url(StreamRequest request) {
        return base + "/" + request.verb().path() + "/" + pending.add(request);
    }

    /** Closes all connections, which kills what an exec has started. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        blocking.shutdown();
        try {
            blocking.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

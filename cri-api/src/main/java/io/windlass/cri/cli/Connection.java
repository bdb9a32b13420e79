package io.windlass.cri.cli;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.windlass.cri.cli.args.Arguments;
import io.windlass.cri.cli.args.Option;
import io.windlass.cri.cli.args.UsageException;
import io.windlass.cri.progress.v1.PullServiceGrpc;
import io.windlass.cri.progress.v1.PullServiceGrpc.PullServiceBlockingStub;
import io.windlass.cri.v1.ImageServiceGrpc;
import io.windlass.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import io.windlass.cri.v1.RuntimeServiceGrpc;
import io.windlass.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The CRI of a runtime over its unix socket. */
final class Connection implements AutoCloseable {

    static final String DEFAULT = "unix:///run/windlass/windlass.sock";

    static final List<Option> OPTIONS = List.of(Option.of("endpoint", 'r', "URL", "Socket of the runtime, as unix:///PATH."),
            Option.of("timeout", (char) 0, "SECONDS",
                    "Longest wait for an answer, but for what takes its time, as a pull, a start or a stop; 0 waits for ever. Default 60."));

    // Netty warns of an option that unix sockets do not have; the level lasts as long as somebody holds the logger
    private static final Logger NETTY = Logger.getLogger("io.netty");

    private static final int MAX_MESSAGE = 64 << 20;

    private final EventLoopGroup loop;
    private final ManagedChannel channel;
    private final long timeoutSeconds;

    private Connection(EventLoopGroup loop, ManagedChannel channel, long timeoutSeconds) {
        this.loop = loop;
        this.channel = channel;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** To the runtime the options, the environment or the default name; nothing is sent before the first call. */
    static Connection open(Arguments arguments) {
        String environment = System.getenv("CONTAINER_RUNTIME_ENDPOINT");
        String fallback = environment == null || environment.isEmpty() ? DEFAULT : environment;
        return to(arguments.last("endpoint", fallback), arguments.number("timeout", 60));
    }

    /**
     * To the socket of an endpoint.
     *
     * @throws UsageException when it is no unix socket
     * @throws IllegalArgumentException when there is none
     */
    static Connection to(String endpoint, long timeoutSeconds) {
        String path = endpoint.startsWith("unix://") ? endpoint.substring("unix://".length()) : endpoint;
        if (!path.startsWith("/")) {
            throw new UsageException("the endpoint must be unix:///PATH, not " + endpoint);
        }
        if (!Files.exists(Path.of(path))) {
            throw new IllegalArgumentException("cannot reach the runtime: " + path
                    + " does not exist; is the daemon running (windlass serve), and is --endpoint right");
        }
        NETTY.setLevel(Level.SEVERE);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("cri-client", true), EpollIoHandler.newFactory());
        ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(path)).eventLoopGroup(loop)
                .channelType(EpollDomainSocketChannel.class).usePlaintext().overrideAuthority("localhost").directExecutor().disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE).build();
        return new Connection(loop, channel, timeoutSeconds);
    }

    RuntimeServiceBlockingStub runtime() {
        return inTime(patient());
    }

    /** The runtime service for a call that takes as long as it takes. */
    RuntimeServiceBlockingStub patient() {
        return RuntimeServiceGrpc.newBlockingStub(channel);
    }

    ImageServiceBlockingStub images() {
        return inTime(patientImages());
    }

    /** The image service for a call that takes as long as it takes. */
    ImageServiceBlockingStub patientImages() {
        return ImageServiceGrpc.newBlockingStub(channel);
    }

    private <S extends AbstractStub<S>> S inTime(S stub) {
        return timeoutSeconds == 0 ? stub : stub.withDeadlineAfter(timeoutSeconds, TimeUnit.SECONDS);
    }

    PullServiceBlockingStub pulls() {
        return PullServiceGrpc.newBlockingStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}

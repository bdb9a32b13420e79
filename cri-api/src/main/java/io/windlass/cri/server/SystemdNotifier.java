package io.windlass.cri.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.windlass.cri.log.Logfmt;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the service manager how far we are, when it asked for that: sd_notify(3). */
final class SystemdNotifier {

    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);

    private final @Nullable String address;

    private SystemdNotifier(@Nullable String address) {
        this.address = address;
    }

    /** A notifier for the address in NOTIFY_SOCKET; without one it does nothing. */
    static SystemdNotifier of(Map<String, String> environment) {
        String address = environment.get("NOTIFY_SOCKET");
        boolean usable = address != null && (address.startsWith("/") || address.startsWith("@"));
        return new SystemdNotifier(usable ? address : null);
    }

    /** Says that the socket is served. */
    void ready(EventLoopGroup loop) {
        send(loop, "READY=1\nMAINPID=" + ProcessHandle.current().pid() + "\nSTATUS=serving\n");
    }

    /** Says that the end has begun. */
    void stopping(EventLoopGroup loop) {
        send(loop, "STOPPING=1\nSTATUS=stopping\n");
    }

    private void send(EventLoopGroup loop, String message) {
        if (address == null) {
            return;
        }
        String path = address.startsWith("@") ? '\0' + address.substring(1) : address;
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(EpollDomainDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter());
        Channel channel = bootstrap.register().syncUninterruptibly().channel();
        try {
            var packet = new DomainDatagramPacket(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8), new DomainSocketAddress(path));
            Throwable failure = channel.writeAndFlush(packet).awaitUninterruptibly().cause();
            if (failure != null) {
                LOG.warn(Logfmt.event("notify-failed").field("socket", address).field("error", String.valueOf(failure.getMessage()))
                        .toString());
            }
        } finally {
            channel.close();
        }
    }
}

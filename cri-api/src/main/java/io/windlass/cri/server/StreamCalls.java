package io.windlass.cri.server;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.windlass.cri.config.Config;
import io.windlass.cri.container.Pods;
import io.windlass.cri.log.Logfmt;
import io.windlass.cri.store.Clocks;
import io.windlass.cri.stream.Attach;
import io.windlass.cri.stream.DetachKeys;
import io.windlass.cri.stream.Exec;
import io.windlass.cri.stream.PendingRequests;
import io.windlass.cri.stream.PortForward;
import io.windlass.cri.stream.StreamAddress;
import io.windlass.cri.stream.StreamServer;
import io.windlass.cri.stream.pod.PodTarget;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls that hand out URLs of streams, with the server behind them. */
record StreamCalls(Exec exec, Attach attach, PortForward portForward) {

    private static final Logger LOG = LoggerFactory.getLogger(StreamCalls.class);

    /**
     * Starts the server; {@code closing} stops it.
     *
     * @throws IOException where the address, the certificate or its key cannot be had, others could listen in, or the detach keys are none
     */
    static StreamCalls open(Config.Stream config, Pods pods, Closing closing) throws IOException {
        DetachKeys keys;
        try {
            keys = DetachKeys.parse(config.detachKeys());
        } catch (IllegalArgumentException e) {
            throw new IOException("stream.detach_keys: " + e.getMessage(), e);
        }
        PodTarget target = new PodTarget(pods.containerStore(), pods.sandboxStore(), pods.podParts(), pods.execs(), pods.logs());
        StreamServer server;
        try {
            server = StreamServer.start(StreamAddress.parse(config.address()), tls(config), Duration.ofSeconds(config.idleSeconds()), keys,
                    target, new PendingRequests(Clocks.monotonic()));
        } catch (IllegalArgumentException e) {
            throw new IOException("stream.address: " + e.getMessage(), e);
        }
        closing.add(server);
        closing.add(target::leave);
        LOG.info(Logfmt.event("streaming").field("url", server.base()).toString());
        return new StreamCalls(new Exec(server, target), new Attach(server, target), new PortForward(server, target));
    }

    private static @Nullable SslContext tls(Config.Stream config) throws IOException {
        if (config.tlsCert().isEmpty() && config.tlsKey().isEmpty()) {
            return null;
        }
        if (config.tlsCert().isEmpty() || config.tlsKey().isEmpty()) {
            throw new IOException("stream.tls_cert and stream.tls_key belong together: set both or none");
        }
        try {
            return SslContextBuilder.forServer(new java.io.File(config.tlsCert()), new java.io.File(config.tlsKey())).build();
        } catch (IllegalArgumentException | javax.net.ssl.SSLException e) {
            throw new IOException("stream.tls_cert " + config.tlsCert() + " and stream.tls_key " + config.tlsKey()
                    + " cannot be used: want a certificate and a PKCS#8 key in PEM: " + e.getMessage(), e);
        }
    }
}

package io.windlass.cri.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Optional;

/** Turns an HTTP connection into a SPDY/3.1 session for a request. */
final class SpdyUpgrade {

    private static final String PROTOCOLS = "X-Stream-Protocol-Version";

    private SpdyUpgrade() {}

    static void perform(ChannelHandlerContext ctx, FullHttpRequest http, StreamRequest request, Backend backend) {
        List<String> client = Negotiation.names(http.headers().getAll(PROTOCOLS));
        if (client.isEmpty()) {
            HttpEntry.refuse(ctx, HttpResponseStatus.BAD_REQUEST, "header " + PROTOCOLS + " is missing");
            return;
        }
        boolean forward = request instanceof StreamRequest.PortForward;
        List<String> server = forward ? Negotiation.SPDY_PORT_FORWARD : Negotiation.SPDY_COMMAND;
        Optional<String> chosen = Negotiation.choose(client, server);
        if (chosen.isEmpty()) {
            HttpEntry.refuseProtocols(ctx, client, server);
            return;
        }
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        response.headers().set(HttpHeaderNames.UPGRADE, "SPDY/3.1");
        response.headers().set(PROTOCOLS, chosen.get());
        ctx.writeAndFlush(response);
        Channel channel = ctx.channel();
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.remove(HttpObjectAggregator.class);
        open(channel, new Flow(channel), request, chosen.get(), backend);
        pipeline.remove(HttpEntry.class);
        pipeline.remove(HttpServerCodec.class); // hands on what it has read of the client's first frames
    }

    /** Adds a session above its codec, which gets control frames only. */
    static void add(ChannelPipeline pipeline, SpdySession session) {
        pipeline.addLast(session);
        pipeline.addBefore("spdy", "frames", new SpdyFrames(session));
    }

    /** Adds the codec and the session of a request at the end of the pipeline. */
    static void open(Channel channel, Flow flow, StreamRequest request, String protocol, Backend backend) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast("spdy", SpdySession.codec(channel));
        ChannelHandlerContext codec = pipeline.context("spdy");
        if (request instanceof StreamRequest.PortForward forward) {
            add(pipeline,
                    new SpdySession(codec, flow, new PortForwarding(forward.sandboxId(), backend.target(), flow, backend.blocking())));
        } else {
            RemoteProtocol version = RemoteProtocol.of(protocol).orElseThrow();
            RemoteCommand command = new RemoteCommand(request, backend, version, flow);
            SpdySession session = new SpdySession(codec, flow, command);
            command.begin(session);
            add(pipeline, session);
        }
        pipeline.addFirst(new IdleClose(backend.idle()), new ReadGate(flow));
    }
}

package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns an HTTP connection into a WebSocket one for a request. See RFC 6455. */
final class WebSocketUpgrade {

    /** The only one whose frames are spoken here; see RFC 6455, 4.1. */
    private static final String VERSION = "13";

    /** Largest frame taken; the usual clients send up to 32 KiB. */
    private static final int MAX_FRAME = 16 << 20;

    /** The streams of exec and attach in the order of their channels. */
    private static final List<String> CHANNELS = List.of("stdin", "stdout", "stderr", "error", "resize");

    private WebSocketUpgrade() {}

    static void perform(ChannelHandlerContext ctx, FullHttpRequest http, StreamRequest request, Backend backend) {
        List<String> client = Negotiation.names(http.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL));
        boolean forward = request instanceof StreamRequest.PortForward;
        List<String> server = forward ? Negotiation.WEB_SOCKET_PORT_FORWARD : Negotiation.WEB_SOCKET_COMMAND;
        Optional<String> chosen = Negotiation.choose(client.isEmpty() ? List.of("") : client, server);
        if (chosen.isEmpty()) {
            HttpEntry.refuseProtocols(ctx, client, server);
            return;
        }
        String protocol = chosen.get();
        Channel channel = ctx.channel();
        if (!http.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION, false)) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(channel).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        try {
            new WebSocketServerHandshaker13("", protocol.isEmpty() ? null : protocol, false, MAX_FRAME).handshake(channel, http,
                    EmptyHttpHeaders.INSTANCE, channel.newPromise());
        } catch (WebSocketHandshakeException e) {
            HttpEntry.refuse(ctx, HttpResponseStatus.BAD_REQUEST, "no WebSocket handshake: " + e.getMessage());
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.remove(HttpEntry.class);
        if (protocol.equals(Negotiation.TUNNEL)) {
            Flow flow = new Flow(channel);
            pipeline.addLast(new SpdyTunnel(flow));
            SpdyUpgrade.open(channel, flow, request, protocol, backend);
        } else {
            open(channel, request, protocol, backend);
        }
    }

    private static void open(Channel channel, StreamRequest request, String protocol, Backend backend) {
        ChannelPipeline pipeline = channel.pipeline();
        ChannelHandlerContext encoder = pipeline.context(WebSocketFrameEncoder.class);
        boolean base64 = protocol.contains("base64.");
        ChannelEncoding encoding = base64 ? ChannelEncoding.BASE64 : ChannelEncoding.BINARY;
        Flow flow = new Flow(channel);
        pipeline.addFirst(new IdleClose(backend.idle()), new ReadGate(flow));
        if (request instanceof StreamRequest.PortForward forward) {
            PortForwarding forwarding = new PortForwarding(forward.sandboxId(), backend.target(), flow, backend.blocking());
            WebSocketSession session = new WebSocketSession(encoder, flow, forwarding, encoding, false);
            pipeline.addLast(session);
            forward.ports().forEach(port -> openPort(session, flow, port));
            forwarding.endWithTheLast(session);
        } else {
            RemoteProtocol version = RemoteProtocol.of(protocol.replace("base64.", "")).orElse(RemoteProtocol.V1);
            RemoteCommand command = new RemoteCommand(request, backend, version, flow);
            WebSocketSession session = new WebSocketSession(encoder, flow, command, encoding, version == RemoteProtocol.V5);
            pipeline.addLast(session);
            command.begin(session);
            List<WebSocketStream> streams = CHANNELS.stream().map(type -> session.open(Map.of("streamtype", type))).toList();
            streams.get(firstOutput(request)).write(flow.buffer(0)); // tells the client that the connection stands
        }
        flow.flush();
    }

    /** Channels 2n and 2n+1 carry a port's bytes and error; each starts with the port in two bytes, the low one first. */
    private static void openPort(WebSocketSession session, Flow flow, int port) {
        for (String type : List.of("data", "error")) {
            WebSocketStream stream = session.open(Map.of("streamtype", type, "port", Integer.toString(port), "requestid",
                    Integer.toString(session.size() / 2)));
            ByteBuf buffer = flow.buffer(Short.BYTES);
            stream.write(buffer.writeShortLE(port));
        }
    }

    private static int firstOutput(StreamRequest request) {
        @Nullable
        Wanted wanted = switch (request) {
            case StreamRequest.Exec exec -> exec.wanted();
            case StreamRequest.Attach attach -> attach.wanted();
            case StreamRequest.PortForward forward -> null;
        };
        return wanted == null || !wanted.stdout() && !wanted.stderr()
                ? CHANNELS.indexOf("error")
                : CHANNELS.indexOf(
                        wanted.stdout() ? "stdout" : "stderr");
    }
}

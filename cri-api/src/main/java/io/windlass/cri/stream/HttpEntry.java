package io.windlass.cri.stream;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one HTTP request of a connection: {@code GET} or {@code POST /VERB/TOKEN} with an upgrade. A token that is unknown, used, too old or of
 * another verb is Not Found. A client that has not come so far after {@link #SECONDS} is let go, however busily it sends.
 */
final class HttpEntry extends SimpleChannelInboundHandler<FullHttpRequest> {

    /** For the TLS handshake, the request, and the answer where it is no upgrade. */
    static final int SECONDS = 30;

    private static final AsciiString SPDY = AsciiString.cached("spdy/3.1");

    private final PendingRequests pending;
    private final Backend backend;
    private @Nullable Future<?> deadline;

    HttpEntry(PendingRequests pending, Backend backend) {
        this.pending = pending;
        this.backend = backend;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(() -> ctx.close(), SECONDS, TimeUnit.SECONDS);
    }

    /** The connection is upgraded, or has ended. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest http) {
        if (!http.decoderResult().isSuccess()) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "not an HTTP request");
        } else if (!http.method().equals(HttpMethod.GET) && !http.method().equals(HttpMethod.POST)) {
            refuse(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and POST open a stream");
        } else {
            request(http.uri()).ifPresentOrElse(request -> upgrade(ctx, http, request),
                    () -> refuse(ctx, HttpResponseStatus.NOT_FOUND, "no such stream: a URL is good once and for "
                            + PendingRequests.LIFETIME.toSeconds() + " s, ask the runtime for a new one"));
        }
    }

    private Optional<StreamRequest> request(String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        for (Verb verb : Verb.values()) {
            String prefix = "/" + verb.path() + "/";
            if (path.startsWith(prefix)) {
                return pending.take(verb, path.substring(prefix.length()));
            }
        }
        return Optional.empty();
    }

    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest http, StreamRequest request) {
        boolean asked = http.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
        if (asked && http.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            WebSocketUpgrade.perform(ctx, http, request, backend);
        } else if (asked && http.headers().containsValue(HttpHeaderNames.UPGRADE, SPDY, true)) {
            SpdyUpgrade.perform(ctx, http, request, backend);
        } else {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, "streams need an upgrade to SPDY/3.1 or websocket");
        }
    }

    /** Answers with an error and closes the connection. */
    static void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String text, String... headers) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                ctx.alloc().buffer().writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8)));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        for (int i = 0; i < headers.length; i += 2) {
            response.headers().set(headers[i], headers[i + 1]);
        }
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    /** Answers that no protocol of the client's is known here. */
    static void refuseProtocols(ChannelHandlerContext ctx, List<String> client, List<String> server) {
        refuse(ctx, HttpResponseStatus.FORBIDDEN, "no common protocol: the client has " + client + ", the server " + server,
                "X-Accepted-Stream-Protocol-Versions", String.join(", ", server));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}

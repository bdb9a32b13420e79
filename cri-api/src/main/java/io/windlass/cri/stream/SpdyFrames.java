package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Parts data from control in what a SPDY client sends. Data goes to the session as it comes, uncopied and not waiting for the end of its frame,
 * which may have 16 MiB; control frames go on to the codec. See SPDY/3.1, 2.2 Framing.
 *
 * <pre>
 * control: 1 version:15 type:16  flags:8 length:24  ...
 * data:    0 stream:31           flags:8 length:24  bytes
 * </pre>
 */
final class SpdyFrames extends ChannelInboundHandlerAdapter {

    private static final int HEADER = 8;
    private static final byte FLAG_FIN = 1;

    private final SpdySession session;
    private final byte[] header = new byte[HEADER];
    private int headerBytes;
    /** What is still to come of the frame whose header is complete. */
    private int left;
    private boolean control;
    private int stream;
    private boolean last;

    SpdyFrames(SpdySession session) {
        this.session = session;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf in)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            while (in.isReadable()) {
                if (left == 0) {
                    header(ctx, in);
                } else {
                    body(ctx, in);
                }
            }
        } finally {
            in.release();
        }
    }

    private void header(ChannelHandlerContext ctx, ByteBuf in) {
        int n = Math.min(HEADER - headerBytes, in.readableBytes());
        in.readBytes(header, headerBytes, n);
        headerBytes += n;
        if (headerBytes < HEADER) {
            return;
        }
        headerBytes = 0;
        ByteBuf whole = Unpooled.wrappedBuffer(header.clone());
        stream = whole.getInt(0);
        control = stream < 0;
        last = (whole.getByte(4) & FLAG_FIN) != 0;
        left = whole.getUnsignedMedium(5);
        if (control) {
            ctx.fireChannelRead(whole);
        } else if (left == 0) {
            session.received(stream, Unpooled.EMPTY_BUFFER, last);
        }
    }

    private void body(ChannelHandlerContext ctx, ByteBuf in) {
        ByteBuf part = in.readRetainedSlice(Math.min(left, in.readableBytes()));
        left -= part.readableBytes();
        if (control) {
            ctx.fireChannelRead(part);
        } else {
            session.received(stream, part, last && left == 0);
        }
    }
}

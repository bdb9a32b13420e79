package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What the streams of one connection share: how much may be on its way in each direction. Used on the connection's event loop only.
 *
 * <p>
 * To the client: while more than {@link #OUTBOUND} is unsent, nothing is read from the container. From the client: while any
 * {@link FdWriter} holds more than {@link #INBOUND_HIGH}, or all together more than {@link #ALL_HIGH}, nothing is read from the connection; nor
 * while much more than the container's is unsent, which can only be answers to a client that asks and does not read.
 */
final class Flow {

    /** Bytes waiting for the client's socket: reading stops above the one and goes on below the other. */
    static final WriteBufferWaterMark OUTBOUND = new WriteBufferWaterMark(128 << 10, 512 << 10);

    /** What is read from a client at a time, at most: the more at once, the fewer system calls. */
    static final RecvByteBufAllocator INBOUND = new AdaptiveRecvByteBufAllocator(64, 2 << 10, 256 << 10);

    /** Bytes waiting for one descriptor above which the connection is not read. */
    static final int INBOUND_HIGH = 256 << 10;

    /** Bytes waiting for one descriptor below which the connection is read again. */
    static final int INBOUND_LOW = 64 << 10;

    /** Bytes waiting for all descriptors of a connection above which it is not read. */
    static final int ALL_HIGH = 4 << 20;

    /** Bytes waiting for all descriptors of a connection below which it is read again. */
    static final int ALL_LOW = 1 << 20;

    /** Bytes waiting for the client's socket, beyond those at which containers are not read, above which it is not read. */
    private static final int ANSWERS = 4 << 20;

    /** How long a client may take to close the connection after we have. */
    static final int LINGER_SECONDS = 10;

    private final Channel channel;
    private final List<Runnable> stalled = new ArrayList<>();
    private int holds;
    private long waiting;
    private boolean full;
    private boolean flooded;

    Flow(Channel channel) {
        this.channel = channel;
    }

    IoEventLoop loop() {
        return (IoEventLoop) channel.eventLoop();
    }

    /** An empty buffer for {@code capacity} bytes after the headroom of a {@link ClientStream}. */
    ByteBuf buffer(int capacity) {
        ByteBuf buffer = channel.alloc().directBuffer(ClientStream.HEADROOM + capacity);
        return buffer.setIndex(ClientStream.HEADROOM, ClientStream.HEADROOM);
    }

    /** An empty buffer outside the heap that grows up to {@code most} bytes. */
    ByteBuf small(int capacity, int most) {
        return channel.alloc().directBuffer(capacity, most);
    }

    /** The same bytes in one piece outside the heap, as a system call wants them; takes the buffer. */
    ByteBuf direct(ByteBuf bytes) {
        if (bytes.isDirect() && bytes.nioBufferCount() == 1) {
            return bytes;
        }
        ByteBuf copy = channel.alloc().directBuffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return copy;
    }

    boolean writable() {
        return channel.isWritable();
    }

    void flush() {
        channel.flush();
    }

    /** Runs something once when the client has taken enough for more to be written. */
    void whenWritable(Runnable resume) {
        stalled.add(resume);
    }

    /** The connection's writability has changed. */
    void writabilityChanged() {
        if (channel.isWritable() && flooded) {
            flooded = false;
            release();
        }
        if (channel.isWritable() && !stalled.isEmpty()) {
            List<Runnable> resumed = List.copyOf(stalled);
            stalled.clear();
            resumed.forEach(Runnable::run);
        }
    }

    /** So many bytes more wait for descriptors, or fewer. */
    void waiting(long more) {
        waiting += more;
        if (!full && waiting > ALL_HIGH) {
            full = true;
            hold();
        } else if (full && waiting < ALL_LOW) {
            full = false;
            release();
        }
    }

    /** The client has been answered to a frame of its own. */
    void answered() {
        if (!flooded && channel.bytesBeforeWritable() > ANSWERS) {
            flooded = true;
            hold();
        }
    }

    /** Stops reading from the client until {@link #release()} was called as often. */
    void hold() {
        if (holds++ == 0) {
            channel.config().setAutoRead(false);
        }
    }

    boolean held() {
        return holds > 0;
    }

    /**
     * Sends what is left, ends the connection in our direction and waits for the client to do the same: closing at once with bytes of the
     * client unread would make the kernel reset the connection and the client lose the end of its output.
     */
    void hangUp(Session session) {
        session.goodbye().addListener(sent -> {
            if (!sent.isSuccess()) {
                channel.close();
                return;
            }
            endOutput();
            closeLater(channel);
        });
    }

    /** Closes a connection whose client does not do so by itself. One that it has closed is not kept in memory until then. */
    static void closeLater(Channel channel) {
        Future<?> close = channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> close.cancel(false));
    }

    private void endOutput() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
    }

    /** Ends one {@link #hold()}. */
    void release() {
        if (--holds == 0) {
            channel.config().setAutoRead(true);
        }
    }
}

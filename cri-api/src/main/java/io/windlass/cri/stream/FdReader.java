package io.windlass.cri.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.windlass.shim.linux.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends what comes from a descriptor to a client's stream, as fast as the client takes it. The descriptor is watched edge-triggered: it is
 * read until it has nothing more, and a reader that was stopped by {@link Flow} just goes on reading when it may.
 *
 * <pre>
 * waiting --EPOLLIN--> reading --EAGAIN--> waiting
 *                      reading --not writable--> stalled --writable--> reading
 *                      reading --end or error--> closed
 * </pre>
 */
final class FdReader implements EpollIoHandle {

    private static final EpollIoOps OPS = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);
    private static final int SMALLEST = 4 << 10;
    private static final int LARGEST = 256 << 10;
    /** A buffer that is filled to less than this part of it is not kept until the client has taken its bytes. */
    private static final int FEW = 8;
    /** Reads in a row before others of the same event loop have their turn. */
    private static final int TURN = 8;

    private enum State {
        WAITING, STALLED, CLOSED
    }

    private final Fd fd;
    private final FileDescriptor descriptor;
    private final ClientStream stream;
    private final Flow flow;
    private final Runnable atEnd;
    private State state = State.WAITING;
    private int chunk = SMALLEST;
    private long total;
    private @Nullable IoRegistration registration;

    private FdReader(Fd fd, ClientStream stream, Flow flow, Runnable atEnd) {
        this.fd = fd;
        this.descriptor = new FileDescriptor(fd.number());
        this.stream = stream;
        this.flow = flow;
        this.atEnd = atEnd;
    }

    /**
     * Starts reading a descriptor, which is closed at its end.
     *
     * @param atEnd runs when there is nothing more to read, not when {@link #close()} was called
     */
    static FdReader start(Fd fd, ClientStream stream, Flow flow, Runnable atEnd) {
        FdReader reader = new FdReader(fd, stream, flow, atEnd);
        flow.loop().register(reader).addListener(done -> {
            if (done.isSuccess()) {
                reader.registered((IoRegistration) done.getNow());
            } else {
                reader.end();
            }
        });
        return reader;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    /** Bytes read until now. */
    long total() {
        return total;
    }

    /** Whether everything there was has been read and sent on. */
    boolean idle() {
        return state != State.STALLED;
    }

    /** The descriptor, empty after its end. */
    Optional<Fd> open() {
        return state == State.CLOSED ? Optional.empty() : Optional.of(fd);
    }

    private void registered(IoRegistration done) {
        if (state == State.CLOSED) {
            done.cancel();
            return;
        }
        registration = done;
        done.submit(OPS);
        pump();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        if (state == State.WAITING) {
            pump();
        }
    }

    private void resume() {
        if (state == State.STALLED) {
            state = State.WAITING;
            pump();
        }
    }

    private void pump() {
        boolean unsent = false;
        for (int reads = 0; reads < TURN; reads++) {
            if (!flow.writable()) {
                flow.flush();
                unsent = false;
                if (!flow.writable()) {
                    state = State.STALLED;
                    flow.whenWritable(this::resume);
                    return;
                }
            }
            int n = read();
            if (n <= 0) {
                if (unsent) {
                    flow.flush();
                }
                if (n < 0) {
                    end();
                }
                return;
            }
            unsent = true;
        }
        flow.flush();
        state = State.STALLED;
        flow.loop().execute(this::resume);
    }

    /** Reads and sends one buffer: its bytes, 0 where there are none now, -1 at the end. */
    private int read() {
        ByteBuf buffer = flow.buffer(chunk);
        int n;
        try {
            ByteBuffer room = buffer.internalNioBuffer(buffer.writerIndex(), chunk);
            n = descriptor.read(room, room.position(), room.limit());
        } catch (IOException e) {
            n = -1; // EIO from a terminal's master whose other side is closed, ECONNRESET from a socket
        }
        if (n <= 0) {
            buffer.release();
            return n;
        }
        total += n;
        ByteBuf bytes = buffer.writerIndex(buffer.writerIndex() + n);
        stream.write(n < chunk / FEW ? copy(bytes) : bytes);
        chunk = n == chunk ? Math.min(LARGEST, chunk * 2) : n < chunk / 4 ? Math.max(SMALLEST, chunk / 2) : chunk;
        return n;
    }

    private ByteBuf copy(ByteBuf bytes) {
        ByteBuf copy = flow.buffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return copy;
    }

    /** Stops as if there were nothing more to read. */
    void end() {
        if (state != State.CLOSED) {
            close();
            atEnd.run();
        }
    }

    /** Stops and closes the descriptor; what writes to it gets EPIPE. */
    @Override
    public void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            if (registration != null) {
                registration.cancel();
            }
            fd.close();
        }
    }
}

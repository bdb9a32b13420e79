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
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a client sends on a stream to a descriptor. What cannot be written yet waits here, and the connection is not read while that is
 * more than {@link Flow#INBOUND_HIGH}. It takes bytes before it has a descriptor, since a client sends at once and a process needs a
 * millisecond to start. Few bytes that wait are copied: they would keep all that was read with them in memory.
 */
final class FdWriter implements EpollIoHandle, ClientStream.Receiver {

    private static final EpollIoOps OPS = EpollIoOps.EPOLLOUT.with(EpollIoOps.EPOLLET);

    /** A piece with fewer bytes is copied when it has to wait. */
    private static final int SMALL = 16 << 10;

    private final Flow flow;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
    /** The last of the queue where it is made of copies. */
    private @Nullable ByteBuf copies;
    private long queued;
    private boolean holding;
    private boolean ended;
    private boolean closed;
    private Runnable atEnd = () -> {
    };
    private @Nullable Fd fd;
    private @Nullable FileDescriptor descriptor;
    private @Nullable IoRegistration registration;

    FdWriter(Flow flow) {
        this.flow = flow;
    }

    /**
     * Writes to a descriptor from now on.
     *
     * @param atEnd runs once everything is written that will ever come, or nobody reads any more; the descriptor is open until {@link #close()}
     */
    void open(Fd fd, Runnable atEnd) {
        this.fd = fd;
        this.descriptor = new FileDescriptor(fd.number());
        this.atEnd = atEnd;
        if (closed) {
            fd.close();
            return;
        }
        flow.loop().register(this).addListener(done -> {
            if (!done.isSuccess()) {
                broken();
            } else if (closed) {
                ((IoRegistration) done.getNow()).cancel();
            } else {
                registration = (IoRegistration) done.getNow();
                registration.submit(OPS);
                drain();
            }
        });
    }

    @Override
    public FileDescriptor fd() {
        if (descriptor == null) {
            throw new IllegalStateException("no descriptor yet");
        }
        return descriptor;
    }

    @Override
    public void data(ByteBuf bytes) {
        if (closed || ended || !bytes.isReadable()) {
            bytes.release();
            return;
        }
        ByteBuf piece = flow.direct(bytes);
        waiting(piece.readableBytes());
        if (queue.isEmpty() && registration != null && (write(piece) || ended)) {
            piece.release();
            return;
        }
        keep(piece);
        if (queued > Flow.INBOUND_HIGH && !holding) {
            holding = true;
            flow.hold();
        }
    }

    private void keep(ByteBuf piece) {
        if (piece.readableBytes() >= SMALL) {
            queue.add(piece);
            copies = null;
            return;
        }
        ByteBuf last = copies;
        if (last == null || last.maxWritableBytes() < piece.readableBytes()) {
            last = flow.small(piece.readableBytes(), SMALL);
            queue.add(last);
            copies = last;
        }
        last.writeBytes(piece);
        piece.release();
    }

    @Override
    public void end() {
        if (!ended && !closed) {
            ended = true;
            drain();
        }
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        drain();
    }

    /** Writes what can be written without waiting. */
    private void drain() {
        if (closed || registration == null) {
            return;
        }
        while (true) {
            ByteBuf head = queue.peek();
            if (head == null) {
                break;
            }
            if (!write(head)) {
                return;
            }
            queue.remove().release();
            if (queue.isEmpty()) {
                copies = null;
            }
        }
        if (ended) {
            finished();
        }
    }

    /** Whether the whole buffer was written. */
    private boolean write(ByteBuf bytes) {
        try {
            while (bytes.isReadable()) {
                ByteBuffer source = bytes.nioBuffer();
                int n = fd().write(source, source.position(), source.limit());
                if (n <= 0) {
                    return false;
                }
                bytes.skipBytes(n);
                waiting(-n);
            }
            return true;
        } catch (IOException e) {
            broken(); // EPIPE, EIO: nobody reads any more
            return false;
        }
    }

    /** So many bytes more wait, or fewer. */
    private void waiting(long more) {
        queued += more;
        flow.waiting(more);
        if (holding && queued < Flow.INBOUND_LOW) {
            holding = false;
            flow.release();
        }
    }

    /** Whatever else the client sends is dropped; it is not told, as input that is not read is nothing unusual. */
    private void broken() {
        drop();
        finished();
    }

    private void finished() {
        Runnable once = atEnd;
        atEnd = () -> {
        };
        ended = true;
        once.run();
    }

    private void drop() {
        queue.forEach(ByteBuf::release);
        queue.clear();
        copies = null;
        waiting(-queued);
    }

    /** Drops what is not written yet and closes the descriptor. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (registration != null) {
            registration.cancel();
        }
        if (fd != null) {
            fd.close();
        }
        drop();
    }
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The write end of a pipe to one attached client. What does not fit waits here, and the container's stream waits with it. */
final class Tap implements AutoCloseable {
    /** Less than this is copied, so that a slow client's pipe is not full of pages with a line each. */
    private static final int SHARED_BYTES = 32 * 1024;

    private final Fd pipe;
    /** Bytes to come that the client has already. */
    private int shared;
    /** Of one size once it is there: a buffer for each rest would be memory that only a collection frees. */
    private ByteBuffer rest = ByteBuffer.allocateDirect(0);

    Tap(Fd pipe) {
        this.pipe = pipe;
    }

    Fd pipe() {
        return pipe;
    }

    /** Tells whether bytes wait for room. */
    boolean full() {
        return rest.hasRemaining();
    }

    /**
     * Lets the client's pipe share the pages at the head of another, so that they need not be copied; before they are read.
     *
     * @return false where the client is gone
     */
    boolean share(Fd source, int count) {
        if (count < SHARED_BYTES || shared > 0) {
            return true;
        }
        try {
            shared = (int) FileIo.tee(source, pipe, count);
            return true;
        } catch (ErrnoException e) {
            return e.errno() == Errno.EAGAIN;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns how many bytes the client has already that are still to be offered. */
    int shared() {
        return shared;
    }

    /** No more than this is still to come of what is shared. */
    void shareAtMost(int bytes) {
        shared = Math.min(shared, bytes);
    }

    /**
     * Takes what was read, as far as it was not shared; only while it is not {@link #full}.
     *
     * @return false where the client is gone
     */
    boolean offer(ByteBuffer chunk) {
        int skip = Math.min(shared, chunk.remaining());
        shared -= skip;
        ByteBuffer view = chunk.duplicate().position(chunk.position() + skip);
        if (!write(view)) {
            return false;
        }
        if (view.hasRemaining()) {
            if (rest.capacity() < view.remaining()) {
                rest = ByteBuffer.allocateDirect(chunk.capacity());
            }
            rest.clear().put(view).flip();
        }
        return true;
    }

    /** Goes on with what waits, once there is room; false where the client is gone. */
    boolean flush() {
        return !gone() && write(rest);
    }

    private boolean gone() {
        try {
            return (FileIo.poll(pipe, 0, 0) & FileIo.POLLERR) != 0;
        } catch (IOException e) {
            return true;
        }
    }

    private boolean write(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                pipe.write(bytes);
            }
            return true;
        } catch (ErrnoException e) {
            return e.errno() == Errno.EAGAIN;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        pipe.close();
    }
}

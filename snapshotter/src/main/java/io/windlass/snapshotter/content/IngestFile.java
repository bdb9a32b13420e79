package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A blob in the making: one writer appends, any number of readers follow. The page cache is the buffer between them, so that a slow reader does not
 * slow the network down. Readers share the file's descriptor, which is closed with the last user.
 */
final class IngestFile {
    private final Digest digest;
    private final long size;
    private final Path path;
    private final FileChannel channel;
    private final MessageDigest hasher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long written;
    private boolean published;
    private @Nullable ImageException failure;

    IngestFile(Digest digest, long size, Path path) throws IOException {
        this.digest = digest;
        this.size = size;
        this.path = path;
        this.hasher = digest.algorithm().hasher();
        this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    long size() {
        return size;
    }

    /** Appends; only the writer calls it. */
    void append(ByteBuffer bytes) throws IOException {
        if (Thread.interrupted()) {
            throw new InterruptedIOException("the fetch of " + digest + " was given up");
        }
        long at = written;
        if (at + bytes.remaining() > size) {
            throw new ImageException(Kind.DATA_LOSS, "blob " + digest + " is longer than the " + size + " bytes it was announced with");
        }
        hasher.update(bytes.duplicate());
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw ImageException.of("cannot write blob " + digest, e);
        }
        lock.lock();
        try {
            written = at;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Checks length and digest, makes the content durable and gives it its name. */
    void publish(Path blob) throws IOException {
        if (written != size) {
            throw new ImageException(Kind.DATA_LOSS, "blob " + digest + " ends after " + written + " of " + size + " bytes");
        }
        Digest found = digest.algorithm().finish(hasher);
        if (!found.equals(digest)) {
            throw new ImageException(Kind.DATA_LOSS, "blob " + digest + " is corrupt: its content has the digest " + found);
        }
        channel.force(true);
        DurableFile.rename(path, blob);
        settle(null);
    }

    /** Tells all readers that there will be no more. */
    void fail(IOException cause) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        settle(ImageException.of("cannot fetch blob " + digest, cause));
    }

    private void settle(@Nullable ImageException why) {
        lock.lock();
        try {
            failure = why;
            published = why == null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads at {@code position}, waiting until there is something; -1 at the end. */
    int read(ByteBuffer into, long position, BooleanSupplier closed) throws IOException {
        if (position >= size) {
            return -1;
        }
        long available = awaitMore(position, closed) - position;
        int limit = into.limit();
        into.limit((int) Math.min(limit, into.position() + available));
        try {
            return channel.read(into, position);
        } finally {
            into.limit(limit);
        }
    }

    private long awaitMore(long position, BooleanSupplier closed) throws IOException {
        lock.lock();
        try {
            while (written <= position && !closed.getAsBoolean()) {
                throwFailure();
                changed.awaitUninterruptibly();
            }
            if (closed.getAsBoolean()) {
                throw new InterruptedIOException("the fetch of " + digest + " was given up");
            }
            return written;
        } finally {
            lock.unlock();
        }
    }

    /** Makes readers look again whether they are closed. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the blob is published. */
    void await() throws ImageException, InterruptedException {
        lock.lock();
        try {
            while (!published) {
                throwFailure();
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void throwFailure() throws ImageException {
        ImageException why = failure;
        if (why != null) {
            throw new ImageException(why.kind(), "" + why.getMessage(), why);
        }
    }

    void closeChannel() throws IOException {
        channel.close();
    }
}

package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A blob in the making: one writer appends, any number of readers follow. The page cache is the buffer between them, so that a slow reader does not
 * slow the network down. Readers share the file's descriptor, which is closed with the last user. What there is when the source fails is kept under
 * another name, from where the next one begins.
 */
final class IngestFile {
    private final Digest digest;
    private final long size;
    private final Path path;
    private final Path partial;
    private final FileChannel channel;
    private final MessageDigest hasher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long found;
    private long written;
    private boolean published;
    private @Nullable ImageException failure;

    /** @param partial what an earlier one left, if there is such a file, and where this one leaves what it has */
    IngestFile(Digest digest, long size, Path path, Path partial) throws IOException {
        this.digest = digest;
        this.size = size;
        this.path = path;
        this.partial = partial;
        this.hasher = digest.algorithm().hasher();
        try {
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            Files.createFile(path);
        }
        this.channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (channel.size() > size) {
            channel.truncate(0);
        }
        this.found = channel.size();
    }

    long size() {
        return size;
    }

    boolean resumed() {
        return found > 0;
    }

    /** Takes what an earlier fetch left, and the rest from {@code source}. */
    void fetch(BlobSource source) throws IOException {
        if (found > 0) {
            takeFound();
        }
        source.writeTo(written, this::append);
    }

    private void takeFound() throws IOException {
        try (InputStream in = new FileInputStream(path.toFile())) { // which an interrupt does not close
            byte[] buffer = new byte[1 << 17];
            while (written < found) {
                checkWanted();
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, found - written));
                if (count < 0) {
                    throw new ImageException(Kind.DATA_LOSS, "blob " + digest + " was cut to " + written + " bytes by somebody else");
                }
                hasher.update(buffer, 0, count);
                advance(written + count);
            }
        }
    }

    private void checkWanted() throws InterruptedIOException {
        if (Thread.interrupted()) {
            throw givenUp();
        }
    }

    private InterruptedIOException givenUp() {
        return new InterruptedIOException("the fetch of " + digest + " was given up");
    }

    private void append(ByteBuffer bytes) throws IOException {
        checkWanted();
        long at = written;
        if (at + bytes.remaining() > size) {
            throw new ImageException(Kind.DATA_LOSS, "blob " + digest + " is longer than the " + size + " bytes it was announced with");
        }
        ByteBuffer taken = bytes.duplicate();
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (ClosedByInterruptException e) {
            throw givenUp();
        } catch (IOException e) {
            throw ImageException.of("cannot write blob " + digest, e);
        }
        hasher.update(taken); // not before: bytes that could not be written may come again
        advance(at);
    }

    private void advance(long to) {
        lock.lock();
        try {
            written = to;
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

    /** Tells all readers that there will be no more. What there is stays when only the source failed, or nobody wants the rest now. */
    void fail(IOException cause) {
        ImageException why = ImageException.of("cannot fetch blob " + digest, cause);
        try {
            if (Math.max(found, written) > 0 && (why.kind() == Kind.UNAVAILABLE || cause instanceof InterruptedIOException)) {
                Files.move(path, partial, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        settle(why);
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
                throw givenUp();
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

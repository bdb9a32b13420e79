package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * One caller's hold on a blob that is being fetched. When the last hold is closed before the blob is there, the fetch is given up; the next one goes on
 * where it was.
 */
public final class Ingest implements AutoCloseable {
    private final IngestFile file;
    private final boolean joined;
    private final Runnable release;
    private volatile boolean closed;

    Ingest(IngestFile file, boolean joined, Runnable release) {
        this.file = file;
        this.joined = joined;
        this.release = release;
    }

    /** Tells whether another caller had started the fetch, from its own source. */
    public boolean joined() {
        return joined;
    }

    /** Tells whether the first bytes are what an earlier fetch left, which nobody has verified. */
    public boolean resumed() {
        return file.resumed();
    }

    /**
     * Returns a stream over the blob from its beginning, which waits for bytes that are still to come and fails when the fetch fails. Its end says
     * nothing about the digest: see {@link #await}. It fails once this hold is closed, also for a thread that waits in it: an interrupt would close the
     * file under the others.
     */
    public InputStream reader() {
        return new Reader();
    }

    /**
     * Waits until the blob is verified, on disk and in the store.
     *
     * @throws ImageException why the fetch failed; DATA_LOSS for a wrong length or digest, after which nothing of it is left
     */
    public void await() throws ImageException, InterruptedException {
        file.await();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            file.wake();
            release.run();
        }
    }

    private final class Reader extends InputStream {
        private long position;

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int count = file.read(ByteBuffer.wrap(bytes, offset, length), position, () -> closed);
            position += Math.max(count, 0);
            return count;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        /** Returns what is still to come, here or not: the gzip decoder takes 0 for the end of the last member. */
        @Override
        public int available() {
            return (int) Math.min(file.size() - position, Integer.MAX_VALUE);
        }
    }
}

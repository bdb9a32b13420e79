package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The fetches that are under way, one for each digest, and who still wants them. */
final class Ingests {

    /** A fetch, its thread, and the number of its users. */
    private static final class Running {
        final IngestFile file;
        final Thread thread;
        int users = 1;
        boolean finished;

        Running(IngestFile file, Thread thread) {
            this.file = file;
            this.thread = thread;
        }
    }

    private static final Duration LAST_WRITE = Duration.ofSeconds(5);

    private final Path directory;
    private final Function<Digest, Path> destination;
    private final Map<Digest, Running> running = new HashMap<>();
    private long counter;

    Ingests(Path directory, Function<Digest, Path> destination) {
        this.directory = directory;
        this.destination = destination;
    }

    synchronized Ingest start(Digest digest, long size, BlobSource source) throws ImageException {
        Running present = running.get(digest);
        if (present != null && present.file.size() == size) {
            present.users++;
            return new Ingest(present.file, true, () -> release(digest, present));
        }
        try {
            IngestFile file = new IngestFile(digest, size, directory.resolve(number() + "-" + digest.brief()));
            Running[] self = new Running[1];
            Thread thread = Thread.ofPlatform().name("fetch-" + digest.brief()).daemon().unstarted(() -> run(digest, self[0], source));
            Running started = new Running(file, thread);
            self[0] = started;
            try {
                thread.start();
            } catch (OutOfMemoryError e) { // no thread can be made
                file.fail(new IOException(e));
                file.closeChannel();
                throw e;
            }
            if (present == null) {
                running.put(digest, started);
            }
            return new Ingest(file, false, () -> release(digest, started));
        } catch (IOException e) {
            throw ImageException.of("cannot begin to fetch blob " + digest, e);
        }
    }

    /** Writes a stream whose digest is not known before, on the caller's thread. */
    Digest spool(InputStream in) throws ImageException {
        Path path = directory.resolve(number() + "-spool");
        try {
            MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                byte[] buffer = new byte[1 << 17];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    hasher.update(buffer, 0, n);
                    ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                }
                channel.force(true);
            }
            Digest digest = Digest.Algorithm.SHA256.finish(hasher);
            DurableFile.rename(path, destination.apply(digest));
            return digest;
        } catch (IOException e) {
            throw ImageException.of("cannot store a layer", e);
        } finally {
            deleteLeftover(path);
        }
    }

    private static void deleteLeftover(Path path) throws ImageException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw ImageException.of("cannot delete " + path, e);
        }
    }

    private synchronized long number() {
        return counter++;
    }

    private void run(Digest digest, Running self, BlobSource source) {
        try {
            source.writeTo(self.file::append);
            self.file.publish(destination.apply(digest));
        } catch (IOException e) {
            self.file.fail(e);
        } catch (RuntimeException e) {
            self.file.fail(new IOException(e));
        } finally {
            finish(digest, self);
        }
    }

    private synchronized void finish(Digest digest, Running self) {
        running.remove(digest, self);
        self.finished = true;
        if (self.users == 0) {
            close(self);
        }
    }

    /** Ends a fetch that nobody wants any more. Its space is there again when this returns, unless the file system hangs. */
    private void release(Digest digest, Running self) {
        if (!isLastUser(digest, self)) {
            return;
        }
        self.thread.interrupt();
        try {
            self.thread.join(LAST_WRITE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes a user away; true where it was the last one of a fetch that still runs. */
    private synchronized boolean isLastUser(Digest digest, Running self) {
        self.users--;
        if (self.users > 0) {
            return false;
        }
        running.remove(digest, self);
        if (self.finished) {
            close(self);
        }
        return !self.finished;
    }

    private static void close(Running self) {
        try {
            self.file.closeChannel();
        } catch (IOException e) {
            throw new IllegalStateException("cannot close an ingest", e);
        }
    }
}

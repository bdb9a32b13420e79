package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fetches that are under way, one for each digest, and who still wants them. Their files are {@code <digest>.<number>}, what a fetch left that was cut
 * is {@code <digest>}, and {@code <number>} belongs to a blob whose digest is not known yet.
 */
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

    /** Keeps what an earlier process was fetching, and deletes the rest. */
    void recover() throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory)) {
            for (Path leftover : leftovers) {
                Digest digest = partial(leftover);
                if (digest == null || Files.size(leftover) == 0) {
                    Files.delete(leftover);
                } else {
                    Files.move(leftover, directory.resolve(digest.toString()), StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
    }

    /** Returns which blob a file is a part of, by its name, or null for none. */
    static @Nullable Digest partial(Path file) {
        try {
            return Digest.parse(String.valueOf(file.getFileName()).replaceFirst("\\.[0-9]+$", ""));
        } catch (ImageException e) {
            return null;
        }
    }

    /** Deletes what fetches left that were cut. */
    void drop() throws ImageException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (String.valueOf(file.getFileName()).equals(String.valueOf(partial(file)))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw ImageException.of("cannot delete what is left of cut fetches in " + directory, e);
        }
    }

    synchronized Ingest start(Digest digest, long size, BlobSource source) throws ImageException {
        Running present = running.get(digest);
        if (present != null && present.file.size() == size) {
            present.users++;
            return new Ingest(present.file, true, () -> release(digest, present));
        }
        try {
            IngestFile file = new IngestFile(digest, size, directory.resolve(digest + "." + number()),
                    directory.resolve(digest.toString()));
            Running[] self = new Running[1];
            Thread thread = Thread.ofPlatform().name("fetch-" + digest.brief()).daemon().unstarted(() -> run(digest, self[0], source));
            Running started = new Running(file, thread);
            self[0] = started;
            try {
                thread.start();
            } catch (OutOfMemoryError e) { // no thread can be made
                file.fail(new InterruptedIOException("no thread can be made"));
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

    /** Writes a stream under the digest it turns out to have, on the caller's thread. */
    Digest spool(InputStream in, Digest.Algorithm algorithm) throws ImageException {
        Path path = directory.resolve(Long.toString(number()));
        try {
            MessageDigest hasher = algorithm.hasher();
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
            Digest digest = algorithm.finish(hasher);
            DurableFile.rename(path, destination.apply(digest));
            return digest;
        } catch (IOException e) {
            throw ImageException.of("cannot store a blob", e);
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
            self.file.fetch(source);
            self.file.publish(destination.apply(digest));
        } catch (IOException e) {
            self.file.fail(e);
        } catch (RuntimeException | Error e) {
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

    /** Ends a fetch that nobody wants any more. What it got is ready for the next one when this returns, unless the file system hangs. */
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

package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Digest.Algorithm;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Blobs by digest, in {@code blobs/<algorithm>/<hex>}. A blob has its name only when its content is verified and on disk; what is being fetched is in
 * {@code ingest/}. What a fetch got before it was cut stays there for the next one, also over a restart, until {@link #dropPartials}.
 */
public final class ContentStore {
    private final Path blobs;
    private final Ingests ingests;

    private ContentStore(Path root) {
        this.blobs = root.resolve("blobs");
        this.ingests = new Ingests(root.resolve("ingest"), this::path);
    }

    /** Opens or makes the store in {@code root}; what an earlier process was fetching becomes partial blobs. */
    public static ContentStore open(Path root) throws ImageException {
        try {
            for (Algorithm algorithm : Algorithm.values()) {
                Files.createDirectories(root.resolve("blobs").resolve(algorithm.label()));
            }
            Files.createDirectories(root.resolve("ingest"));
            ContentStore store = new ContentStore(root);
            store.ingests.recover();
            return store;
        } catch (IOException e) {
            throw ImageException.of("cannot open the content store " + root, e);
        }
    }

    /** Returns the store in {@code root} as it is, for reading, while another process may have it open. */
    public static ContentStore at(Path root) {
        return new ContentStore(root);
    }

    /** Returns where the blob is, or would be. */
    private Path path(Digest digest) {
        return blobs.resolve(digest.algorithm().label()).resolve(digest.hex());
    }

    /** Tells whether the blob is there. */
    public boolean has(Digest digest) {
        return Files.exists(path(digest));
    }

    /** Returns the blob's length in bytes, or nothing when it is not there. */
    public OptionalLong size(Digest digest) {
        try {
            return OptionalLong.of(Files.size(path(digest)));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Opens a blob. Its {@code available()} is what is left of it. */
    public InputStream open(Digest digest) throws ImageException {
        try {
            return new BufferedInputStream(Files.newInputStream(path(digest)), 1 << 17);
        } catch (IOException e) {
            throw failed("read", digest, e);
        }
    }

    /** Reads a blob to its end and returns the digest that its content has: another one than its name where it is damaged. */
    public Digest digestOf(Digest digest) throws IOException {
        MessageDigest hasher = digest.algorithm().hasher();
        try (InputStream in = open(digest)) {
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), hasher));
        }
        return digest.algorithm().finish(hasher);
    }

    /** Reads a small blob and verifies it anew. */
    public byte[] read(Digest digest, int limit) throws ImageException {
        try (InputStream in = Files.newInputStream(path(digest))) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new ImageException(Kind.RESOURCE_EXHAUSTED, "blob " + digest + " has more than " + limit + " bytes");
            }
            if (!digest.of(bytes).equals(digest)) {
                throw new ImageException(Kind.DATA_LOSS, "blob " + digest + " is corrupt on disk: remove the image and pull it again");
            }
            return bytes;
        } catch (IOException e) {
            throw failed("read", digest, e);
        }
    }

    /** Returns a small blob, or nothing when it is not there or not whole. */
    public Optional<byte[]> find(Digest digest, int limit) {
        try {
            return Optional.of(read(digest, limit));
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    /** Stores a small blob durably. DATA_LOSS when it does not have that digest. */
    public void write(Digest digest, byte[] bytes) throws ImageException {
        Digest found = digest.of(bytes);
        if (!found.equals(digest)) {
            throw new ImageException(Kind.DATA_LOSS, "blob " + digest + " is corrupt: its content has the digest " + found);
        }
        ingests.spool(new ByteArrayInputStream(bytes), digest.algorithm());
    }

    /** Stores a stream under the digest it turns out to have. */
    public Digest add(InputStream in) throws ImageException {
        return ingests.spool(in, Algorithm.SHA256);
    }

    /**
     * Fetches a blob on a thread of its own, from where an earlier fetch was cut, or joins the fetch of the same digest that is under way.
     *
     * @param size its length in bytes
     */
    public Ingest ingest(Digest digest, long size, BlobSource source) throws ImageException {
        return ingests.start(digest, size, source);
    }

    /** Deletes a blob; one that is not there is no error. Whoever has it open reads on. */
    public void delete(Digest digest) throws ImageException {
        try {
            Files.deleteIfExists(path(digest));
        } catch (IOException e) {
            throw failed("delete", digest, e);
        }
    }

    /** Deletes what fetches left that were cut and that nobody has taken up again. */
    public void dropPartials() throws ImageException {
        ingests.drop();
    }

    /** Returns the digests of all blobs. Files with other names are not ours and are left alone. */
    public List<Digest> list() throws ImageException {
        List<Digest> out = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs.resolve(algorithm.label()))) {
                for (Path file : files) {
                    Digest digest = digest(algorithm, String.valueOf(file.getFileName()));
                    if (digest != null) {
                        out.add(digest);
                    }
                }
            } catch (NoSuchFileException e) {
                continue; // nothing was ever stored
            } catch (IOException e) {
                throw ImageException.of("cannot list the content store", e);
            }
        }
        return out;
    }

    private static @Nullable Digest digest(Algorithm algorithm, String name) {
        try {
            return new Digest(algorithm, name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static ImageException failed(String what, Digest digest, IOException e) {
        return e instanceof NoSuchFileException
                ? new ImageException(Kind.NOT_FOUND, "blob " + digest + " is not on this node: pull the image again", e)
                : ImageException.of("cannot " + what + " blob " + digest, e);
    }
}

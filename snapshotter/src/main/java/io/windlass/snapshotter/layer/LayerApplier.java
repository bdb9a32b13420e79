package io.windlass.snapshotter.layer;

import com.github.luben.zstd.ZstdIOException;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipException;

/**
 * Unpacks the layers of one image, each into a directory of its own. The stream is hostile: every path is resolved inside the directory by
 * the kernel, nothing follows a link at its last component, and what it may unpack to is limited. See the OCI image specification,
 * layer.md.
 *
 * <p>
 * Layers may be unpacked side by side. Blocks in system calls: run it on a platform thread.
 */
public final class LayerApplier {
    private final Limits limits;
    private final AtomicLong paths = new AtomicLong();

    /**
     * What was unpacked.
     *
     * @param diffId the digest of the uncompressed stream
     * @param implied directories that were made without being named, to be given the attributes that the layers below have for them
     */
    public record Applied(Digest diffId, Set<String> implied) {}

    public LayerApplier(Limits limits) {
        this.limits = limits;
    }

    /**
     * Unpacks {@code blob}, compressed or not, into the empty directory {@code directory}.
     *
     * @param compressed the blob's length in bytes, for the ratio; a negative one for a stream whose ratio is not looked at
     * @param algorithm of the diffID
     * @throws ImageException INVALID_ARGUMENT for a stream that is malformed or leaves the directory, RESOURCE_EXHAUSTED for one that is too large
     */
    public Applied apply(InputStream blob, long compressed, Digest.Algorithm algorithm, Path directory) throws ImageException {
        try (Fd root = Syscall.open(directory.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
                InputStream stream = Compression.open(blob);
                PathBudget budget = new PathBudget(limits.paths(), paths);
                Directories directories = new Directories(root, budget)) {
            return unpack(new TarInput(stream, algorithm, byteLimit(compressed)), directories, budget);
        } catch (IOException e) {
            throw translate(e);
        }
    }

    private long byteLimit(long compressed) {
        return compressed < 0 || compressed > limits.bytes() / limits.ratio()
                ? limits.bytes()
                : Math.min(limits.bytes(), Math.max(limits.ratioFrom(), compressed * limits.ratio()));
    }

    private Applied unpack(TarInput in, Directories directories, PathBudget budget) throws IOException {
        TarReader tar = new TarReader(in);
        EntryApplier applier = new EntryApplier(directories, new FileWriter(tar, in), budget);
        long entries = 0;
        long bytes = 0;
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            TarEntry.Sparse sparse = entry.sparse();
            bytes += sparse == null ? entry.size() : sparse.length();
            if (++entries > limits.entries() || bytes > limits.bytes() || bytes < 0) {
                throw new ImageException(Kind.RESOURCE_EXHAUSTED,
                        "the layer has more than " + limits.entries() + " entries or " + limits.bytes()
                                + " bytes, the limit for one layer");
            }
            try {
                applier.apply(entry);
            } catch (ErrnoException e) {
                throw translate(entry, e);
            }
        }
        applier.finish();
        Applied applied = new Applied(in.finish(), Set.copyOf(directories.implied()));
        budget.leave(applied.implied);
        return applied;
    }

    private static IOException translate(TarEntry entry, ErrnoException e) {
        String what = "the layer's entry \"" + entry.display() + "\"";
        return switch (e.errno()) {
            case Errno.ENOTDIR, Errno.ELOOP, Errno.ENAMETOOLONG, Errno.EISDIR, Errno.EEXIST, Errno.ENOTEMPTY, Errno.EINVAL, Errno.EXDEV,
                    Errno.ENOENT ->
                new ImageException(Kind.INVALID_ARGUMENT, what + " cannot be made: " + e.getMessage(), e);
            default -> ImageException.of("cannot unpack " + what, e);
        };
    }

    private static ImageException translate(IOException e) {
        return switch (e) {
            case ZipException zip ->
                new ImageException(Kind.INVALID_ARGUMENT, "the layer is no valid gzip stream: " + zip.getMessage(), zip);
            case EOFException eof -> new ImageException(Kind.INVALID_ARGUMENT, "the layer's compressed stream ends too early", eof);
            case ZstdIOException zstd ->
                new ImageException(Kind.INVALID_ARGUMENT, "the layer is no valid zstd stream: " + zstd.getMessage(), zstd);
            default -> ImageException.of("cannot unpack the layer", e);
        };
    }
}

package io.windlass.snapshotter.layer;

import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Stat;
import io.windlass.shim.linux.Syscall;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the files of an unpacked layer with its stream: each file that the stream holds is there with its length and content. Files with holes
 * and names that come more than once are passed over, as are attributes.
 */
public final class LayerCompare {
    private static final int PIECE = 1 << 16;

    private final Fd root;
    private final TarInput in;
    private final TarReader tar;
    private final Map<String, String> differences = new HashMap<>();

    private LayerCompare(Fd root, TarInput in) {
        this.root = root;
        this.in = in;
        this.tar = new TarReader(in);
    }

    /**
     * Returns the first difference, or nothing.
     *
     * @param blob the layer, compressed or not
     * @param diffId of the layer, uncompressed
     * @param directory where it was unpacked
     * @throws ImageException when the blob is not that layer: what differs says nothing about the files then
     */
    public static Optional<String> first(InputStream blob, Digest diffId, Path directory) throws IOException {
        try (Fd root = Syscall.open(directory.toString(), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0);
                InputStream stream = Compression.open(blob)) {
            return new LayerCompare(root, new TarInput(stream, diffId.algorithm(), Limits.DEFAULT.bytes())).run(diffId);
        }
    }

    private Optional<String> run(Digest diffId) throws IOException {
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            EntryPath path = EntryPath.of(entry.name());
            String seen = differences.remove(path.path());
            if (entry.type() == '0' && entry.sparse() == null && seen == null && !path.base().startsWith(Whiteout.PREFIX)) {
                compare(entry, path).ifPresent(difference -> differences.put(path.path(), difference));
            }
        }
        Digest found = in.finish();
        if (!found.equals(diffId)) {
            throw new ImageException(Kind.DATA_LOSS, "the blob unpacks to " + found + ", not to layer " + diffId);
        }
        return differences.values().stream().sorted().findFirst();
    }

    private Optional<String> compare(TarEntry entry, EntryPath path) throws IOException {
        String what = "file " + entry.display();
        try (Fd file = Syscall.openat2(root, EntryPath.bytes(path.path()), Fcntl.O_RDONLY | Fcntl.O_NOFOLLOW | Fcntl.O_NONBLOCK, 0,
                Fcntl.RESOLVE_IN_ROOT | Fcntl.RESOLVE_NO_MAGICLINKS)) {
            Stat stat = Syscall.fstat(file);
            if (!stat.isRegular()) {
                return Optional.of(what + " is no file");
            }
            if (stat.size() != entry.size()) {
                return Optional.of(what + " has " + stat.size() + " bytes, not " + entry.size());
            }
            return sameContent(file, entry.size()) ? Optional.empty() : Optional.of(what + " has another content");
        } catch (ErrnoException e) {
            return Optional.of(what + " cannot be read: " + e.getMessage());
        }
    }

    private boolean sameContent(Fd file, long size) throws IOException {
        byte[] wanted = new byte[PIECE];
        byte[] found = new byte[PIECE];
        boolean same = true;
        for (long at = 0; at < size;) {
            int length = (int) Math.min(PIECE, size - at);
            if (!in.read(wanted, length)) {
                throw new IOException("the layer's stream ends too early");
            }
            tar.consumed(length);
            same = same && file.pread(found, length, at) == length && Arrays.equals(wanted, 0, length, found, 0, length);
            at += length;
        }
        return same;
    }
}

package io.windlass.snapshotter.image;

import io.windlass.shim.linux.Shortage;
import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.content.DurableFile;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Document;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Reference;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of images, one file each, and what is known of them in memory. Readers see a whole state and wait for nobody. */
final class ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);
    static final String SUFFIX = ".json";
    static final String BROKEN = ".broken";

    /** An image with its record. */
    record Entry(ImageRecord record, Image image) {}

    private final Path directory;
    private final Set<Reference> pinned;
    private volatile Map<Digest, Entry> entries = Map.of();

    private ImageStore(Path directory, Set<Reference> pinned) {
        this.directory = directory;
        this.pinned = pinned;
    }

    /** Loads all records. One that does not parse or fit in memory, or whose configuration is gone, is set aside as {@code NAME.broken}. */
    static ImageStore open(Path directory, ContentStore content, Set<Reference> pinned) throws ImageException {
        ImageStore store = new ImageStore(directory, pinned);
        Map<Digest, Entry> loaded = new TreeMap<>();
        try {
            Files.createDirectories(directory);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    if (file.toString().endsWith(SUFFIX)) {
                        store.load(file, content, loaded);
                    } else if (file.toString().endsWith(DurableFile.TEMPORARY)) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw ImageException.of("cannot open the image records in " + directory, e);
        }
        store.entries = Map.copyOf(loaded);
        return store;
    }

    private void load(Path file, ContentStore content, Map<Digest, Entry> loaded) throws IOException {
        try {
            ImageRecord record = read(file);
            ImageConfig config = ImageConfig.parse(content.read(record.id(), Document.LIMIT));
            loaded.put(record.id(), entry(record, config));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (e instanceof IOException now && Shortage.isBehind(now)) {
                throw now; // which says nothing about the record
            }
            if (e instanceof ImageException newer && newer.kind() == Kind.FAILED_PRECONDITION) {
                LOG.warn("event=image-left-alone file={} reason=\"{}\"", file, e.getMessage());
            } else {
                LOG.warn("event=image-quarantined file={} reason=\"{}\"", file, e.getMessage());
                setAside(file);
            }
        }
    }

    /** Reads a record, which must be of the image that its file is named by. */
    static ImageRecord read(Path file) throws IOException {
        ImageRecord record = ImageRecord.parse(Files.readAllBytes(file));
        if (!file.getFileName().toString().equals(record.id().hex() + SUFFIX)) {
            throw new ImageException(Kind.DATA_LOSS, "the image record is of another image, " + record.id());
        }
        return record;
    }

    private static void setAside(Path file) throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + BROKEN), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes an image away that cannot be used any more; its record stays as {@code NAME.broken}. */
    synchronized void quarantine(Digest id, String reason) throws ImageException {
        Map<Digest, Entry> next = new TreeMap<>(entries);
        if (next.remove(id) != null) {
            LOG.warn("event=image-quarantined image={} reason=\"{}\"", id, reason);
            try {
                setAside(file(id));
            } catch (IOException e) {
                throw ImageException.of("cannot set the record of image " + id + " aside", e);
            }
            entries = Map.copyOf(next);
        }
    }

    private Entry entry(ImageRecord record, ImageConfig config) {
        List<Reference> tags = new ArrayList<>();
        List<Reference> digests = new ArrayList<>();
        boolean keep = false;
        for (Reference name : record.names().keySet().stream().sorted().toList()) {
            (name.digest() == null ? tags : digests).add(name);
            keep |= pinned.contains(name);
        }
        return new Entry(record, new Image(record.id(), tags, digests, record.size(), config, record.chainId(), keep));
    }

    Map<Digest, Entry> entries() {
        return entries;
    }

    /** Returns the image a name stands for; of two records that claim a tag the later one's. */
    @Nullable
    Entry named(Reference name) {
        Entry best = null;
        for (Entry entry : entries.values()) {
            if (entry.record.names().containsKey(name) && (best == null || entry.record.updated() > best.record.updated())) {
                best = entry;
            }
        }
        return best;
    }

    /** Adds an image or more names to it, durably, and takes its tags from the images that had them. */
    synchronized Image add(ImageRecord record, ImageConfig config) throws ImageException {
        Map<Digest, Entry> next = new TreeMap<>(entries);
        Entry present = next.get(record.id());
        ImageRecord merged = present == null ? record : present.record.merge(record);
        Entry added = entry(merged, config);
        write(merged);
        next.put(record.id(), added);
        for (Entry other : entries.values()) {
            ImageRecord rest = other.record;
            for (Reference tag : added.image.tags()) {
                rest = !rest.id().equals(record.id()) && rest.names().containsKey(tag) ? rest.without(tag, record.updated()) : rest;
            }
            if (!rest.equals(other.record)) {
                write(rest);
                next.put(rest.id(), entry(rest, other.image.config()));
            }
        }
        entries = Map.copyOf(next);
        return added.image;
    }

    /** Removes an image with all its names. */
    synchronized void remove(Digest id) throws ImageException {
        Map<Digest, Entry> next = new TreeMap<>(entries);
        if (next.remove(id) != null) {
            try {
                Files.deleteIfExists(file(id));
                DurableFile.syncDirectory(directory);
            } catch (IOException e) {
                throw ImageException.of("cannot remove the record of image " + id, e);
            }
            entries = Map.copyOf(next);
        }
    }

    private void write(ImageRecord record) throws ImageException {
        try {
            DurableFile.publish(file(record.id()), record.toJson());
        } catch (IOException e) {
            throw ImageException.of("cannot record image " + record.id(), e);
        }
    }

    private Path file(Digest id) {
        return directory.resolve(id.hex() + SUFFIX);
    }
}

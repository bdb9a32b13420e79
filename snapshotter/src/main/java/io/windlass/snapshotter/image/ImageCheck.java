package io.windlass.snapshotter.image;

import io.windlass.snapshotter.content.ContentStore;
import io.windlass.snapshotter.content.Finding;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.Document;
import io.windlass.snapshotter.oci.ImageConfig;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.snapshot.OverlaySnapshotter;
import io.windlass.snapshotter.snapshot.SnapshotCheck;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compares the records of images with the blobs and layers that they name. */
public final class ImageCheck {
    private static final String RESTORED = "a repair restores it from its blobs, or sets the image aside for the next pull to fetch it";

    private final Path root;
    private final ContentStore content;
    private final SnapshotCheck snapshots;
    private final List<Finding> findings = new ArrayList<>();

    private ImageCheck(Path root, SnapshotCheck snapshots) {
        this.root = root;
        this.content = ContentStore.at(root.resolve("content"));
        this.snapshots = snapshots;
    }

    /** @param root the daemon's root directory */
    public static List<Finding> run(Path root, SnapshotCheck snapshots) throws ImageException {
        ImageCheck check = new ImageCheck(root, snapshots);
        Path directory = root.resolve("images");
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    check.check(file);
                }
            } catch (IOException e) {
                throw ImageException.of("cannot read the image records in " + directory, e);
            }
        }
        return check.findings;
    }

    private void check(Path file) {
        String name = file.getFileName().toString();
        if (name.endsWith(ImageStore.BROKEN)) {
            findings.add(Finding.mendable("image record " + name, "it was damaged and set aside", "a repair deletes it",
                    () -> Files.deleteIfExists(file)));
        } else if (name.endsWith(ImageStore.SUFFIX)) {
            record(file);
        }
    }

    private void record(Path file) {
        ImageRecord record;
        ImageConfig config;
        try {
            record = ImageStore.read(file);
            config = ImageConfig.parse(content.read(record.id(), Document.LIMIT));
        } catch (IOException | RuntimeException e) {
            unreadable(file, e);
            return;
        }
        String image = "image " + record.id();
        for (Digest blob : record.blobs()) {
            if (!content.has(blob)) {
                findings.add(Finding.harmless(image, "its blob " + blob + " is missing", "its layers are there; the next pull fetches it"));
            }
        }
        if (!snapshots.has(record.chainId())) {
            findings.add(Finding.mendable(image, "a layer of it is missing", RESTORED, this::restore));
        } else {
            new LayerCheck(content, snapshots, findings).run(image, record, config);
        }
    }

    private void unreadable(Path file, Exception e) {
        String object = "image record " + file.getFileName();
        if (e instanceof ImageException newer && newer.kind() == Kind.FAILED_PRECONDITION) {
            findings.add(Finding.stuck(object, String.valueOf(e.getMessage()), "use that version"));
        } else if (Files.exists(file)) {
            findings.add(Finding.mendable(object, "it cannot be used: " + e.getMessage(), "a repair deletes it; pull the image again",
                    () -> Files.deleteIfExists(file)));
        }
    }

    /** All images at once, as a daemon that starts does it. */
    private void restore() throws IOException {
        try (LocalImages images = LocalImages.open(root, OverlaySnapshotter.open(root.resolve("snapshots")), ImageOptions.defaults())) {
            images.awaitRestored();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while layers were restored", e);
        }
    }
}

package io.windlass.snapshotter.content;

import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads every blob and compares it with its name. */
public final class BlobCheck {
    private BlobCheck() {}

    /**
     * @param root the content store's directory
     * @param running whether a daemon is at work there, which may be fetching
     */
    public static List<Finding> run(Path root, boolean running) throws ImageException {
        ContentStore store = ContentStore.at(root);
        List<Finding> findings = new ArrayList<>();
        for (Digest digest : store.list()) {
            try {
                Digest found = store.digestOf(digest);
                if (!found.equals(digest)) {
                    findings.add(damaged(store, digest, "its content has the digest " + found));
                }
            } catch (IOException e) {
                if (store.has(digest)) {
                    findings.add(damaged(store, digest, "it cannot be read: " + e.getMessage()));
                }
            }
        }
        if (!running) {
            leftovers(root.resolve("ingest"), findings);
        }
        return findings;
    }

    private static Finding damaged(ContentStore store, Digest digest, String problem) {
        return Finding.mendable("blob " + digest, problem, "a repair deletes it, and the next pull fetches it", () -> store.delete(digest));
    }

    private static void leftovers(Path ingest, List<Finding> findings) throws ImageException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(ingest)) {
            for (Path file : files) {
                if (Ingests.partial(file) != null) {
                    continue; // the next fetch goes on from it
                }
                findings.add(Finding.harmless("ingest " + file.getFileName(), "it was left by a write that was cut short",
                        "the daemon deletes it when it starts"));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return; // never used
        } catch (IOException e) {
            throw ImageException.of("cannot list " + ingest, e);
        }
    }
}

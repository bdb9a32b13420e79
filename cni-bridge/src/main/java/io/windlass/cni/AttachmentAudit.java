package io.windlass.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the records of attachments say, read without changing anything. */
public final class AttachmentAudit {
    /** The end of the name of a record of the network that was damaged and set aside. */
    public static final String CORRUPT = ".corrupt";

    /**
     * A record.
     *
     * @param sandboxId whose it is
     * @param damage why it cannot be read; empty where it can
     * @param later whether it is of a later daemon, and so cannot be read
     */
    public record Found(Path file, String sandboxId, String damage, boolean later) {}

    private AttachmentAudit() {}

    /** @param records the directory of the network's records */
    public static List<Found> read(Path records) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path file : list(records.resolve(AttachmentStore.DIRECTORY))) {
            String name = file.getFileName().toString();
            int at = name.indexOf('@');
            if (at > 0 && name.endsWith(AttachmentStore.SUFFIX)) {
                found.add(attachment(file, name.substring(0, at)));
            }
        }
        return found;
    }

    private static Found attachment(Path file, String sandboxId) {
        try {
            AttachmentRecord.parse(Files.readAllBytes(file));
            return new Found(file, sandboxId, "", false);
        } catch (IOException | ConfigException e) {
            return new Found(file, sandboxId, String.valueOf(e.getMessage()), e instanceof LaterRecordException);
        }
    }

    /** Returns what is in a directory, by name; nothing where it is not there. */
    public static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}

package io.windlass.cni;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of attachments, a file each: {@code SANDBOX@INTERFACE.json}. Knows the paths, and that a record is on disk before it counts.
 * What was found damaged when another took its place is kept as {@code SANDBOX@INTERFACE.json.corrupt}, until {@code windlass fsck --repair}
 * deletes it.
 */
final class AttachmentStore {
    private static final Logger LOG = LoggerFactory.getLogger(AttachmentStore.class);
    static final String SUFFIX = ".json";
    /** Under the directory of the network's records. */
    static final String DIRECTORY = "attachments";

    /** An attachment by the name of its record's file. */
    record Key(String sandboxId, String ifName) {}

    /**
     * What is in the directory.
     *
     * @param unreadable whose records cannot be read, such as those of a later daemon
     */
    record Contents(List<AttachmentRecord> records, List<Key> unreadable) {}

    private final Path directory;

    AttachmentStore(Path directory) {
        this.directory = directory;
    }

    /** Deletes what an earlier process left of records that it had not written to their end. */
    void deleteUnfinished() throws IOException {
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, "*" + DurableFile.TEMPORARY)) {
                for (Path file : unfinished) {
                    Files.delete(file);
                }
            }
        }
    }

    void put(AttachmentRecord record) throws NetworkException {
        Path file = file(record.sandboxId(), record.ifName());
        try {
            DurableFile.makeDirectory(directory);
            DurableFile.write(file, record.toBytes());
        } catch (IOException e) {
            throw new NetworkException(NetworkException.Kind.FAILED, "attachment record " + file + " cannot be written: " + e, e);
        }
    }

    void remove(AttachmentRecord record) throws NetworkException {
        Path file = file(record.sandboxId(), record.ifName());
        try {
            DurableFile.delete(file);
        } catch (IOException e) {
            throw new NetworkException(NetworkException.Kind.FAILED, "attachment record " + file + " cannot be deleted: " + e, e);
        }
    }

    /** @throws NetworkException where there is a record and it cannot be read */
    Optional<AttachmentRecord> find(Attachment attachment) throws NetworkException {
        return read(file(attachment.sandboxId(), attachment.ifName()));
    }

    /** Returns what to tell of a record that came to harm where no other can take its place; empty where it did not, as a later daemon's. */
    Optional<NetworkException> damage(Attachment attachment) {
        Path file = file(attachment.sandboxId(), attachment.ifName());
        try {
            AttachmentRecord.parse(Files.readAllBytes(file));
            return Optional.empty();
        } catch (IOException | LaterRecordException e) {
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(unusable(file, e,
                    "put the network list back that its pod was made with, or undo it by hand and delete the record"));
        }
    }

    /** Puts a record in the place of a damaged one, which is kept beside it. */
    void replace(AttachmentRecord record) throws NetworkException {
        Path file = file(record.sandboxId(), record.ifName());
        Path aside = file.resolveSibling(file.getFileName() + AttachmentAudit.CORRUPT);
        try {
            Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new NetworkException(NetworkException.Kind.FAILED, "damaged attachment record " + file + " cannot be set aside: " + e, e);
        }
        put(record);
        LOG.error("event=attachment.quarantined file={} network=\"{}\"", aside, record.network().name());
    }

    /** Returns all records that can be read; the others are logged and left where they are. */
    List<AttachmentRecord> list() throws NetworkException {
        return contents().records();
    }

    /** Returns all records; those that cannot be read are logged and left where they are. */
    Contents contents() throws NetworkException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(f -> f.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
        } catch (NoSuchFileException e) {
            return new Contents(List.of(), List.of());
        } catch (IOException e) {
            throw new NetworkException(NetworkException.Kind.FAILED, "attachment records in " + directory + " cannot be listed: " + e, e);
        }
        List<AttachmentRecord> records = new ArrayList<>(files.size());
        List<Key> unreadable = new ArrayList<>();
        for (Path file : files) {
            try {
                read(file).ifPresent(records::add);
            } catch (NetworkException e) {
                LOG.warn("{}", e.getMessage());
                key(file).ifPresent(unreadable::add);
            }
        }
        return new Contents(records, unreadable);
    }

    private static Optional<Key> key(Path file) {
        String name = file.getFileName().toString();
        int at = name.indexOf('@');
        return at > 0
                ? Optional.of(new Key(name.substring(0, at), name.substring(at + 1, name.length() - SUFFIX.length())))
                : Optional.empty();
    }

    private Path file(String sandboxId, String ifName) {
        return directory.resolve(sandboxId + "@" + ifName + SUFFIX);
    }

    private static Optional<AttachmentRecord> read(Path file) throws NetworkException {
        try {
            return Optional.of(AttachmentRecord.parse(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (LaterRecordException e) {
            throw unusable(file, e, "use that version");
        } catch (IOException | ConfigException e) {
            throw unusable(file, e, "stop its pod, which is taken off the network that is configured now");
        }
    }

    private static NetworkException unusable(Path file, Exception reason, String remedy) {
        return new NetworkException(NetworkException.Kind.FAILED,
                "attachment record " + file + " cannot be used: " + reason.getMessage() + "; " + remedy, reason);
    }
}

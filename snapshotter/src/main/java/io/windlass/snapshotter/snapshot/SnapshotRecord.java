package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** What is written beside a snapshot's directory. A committed one is in {@code committed.json}, an active one in {@code active.json}. */
sealed interface SnapshotRecord {
    int VERSION = 2;

    /** Returns the chain that the snapshot stands on. */
    ChainId parent();

    /** Returns the file's content. */
    byte[] toJson();

    /** A layer: {@code chain} is {@code parent} with this layer on top. */
    record Committed(ChainId chain, ChainId parent) implements SnapshotRecord {
        static final String FILE = "committed.json";

        @Override
        public byte[] toJson() {
            return Json.record(Json.object().put("version", VERSION).put("chain", chain.toString()).put("parent", parent.toString()));
        }

        static Committed parse(byte[] bytes) throws ImageException {
            JsonNode root = Json.record(bytes, FILE, VERSION);
            return new Committed(member(root, "chain"), member(root, "parent"));
        }
    }

    /** A writable directory. */
    record Active(String key, ChainId parent) implements SnapshotRecord {
        static final String FILE = "active.json";

        @Override
        public byte[] toJson() {
            return Json.record(Json.object().put("version", VERSION).put("key", key).put("parent", parent.toString()));
        }

        static Active parse(byte[] bytes) throws ImageException {
            JsonNode root = Json.record(bytes, FILE, VERSION);
            String key = Json.text(root, "key");
            if (key.isEmpty()) {
                throw new ImageException(Kind.INVALID_ARGUMENT, FILE + " has no key");
            }
            return new Active(key, member(root, "parent"));
        }
    }

    /** Reads a record, whose directory must be there. */
    static SnapshotRecord read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        SnapshotRecord record = file.endsWith(Active.FILE) ? Active.parse(bytes) : Committed.parse(bytes);
        if (!Files.isDirectory(file.resolveSibling("fs"))) {
            throw new ImageException(Kind.DATA_LOSS, "the directory of the snapshot's files is gone");
        }
        return record;
    }

    private static ChainId member(JsonNode root, String name) throws ImageException {
        return new ChainId(Digest.parse(Json.text(root, name)));
    }
}

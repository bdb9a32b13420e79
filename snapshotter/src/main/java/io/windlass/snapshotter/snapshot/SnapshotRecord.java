package io.windlass.snapshotter.snapshot;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.ImageException.Kind;
import io.windlass.snapshotter.oci.Json;
import tools.jackson.databind.JsonNode;

/** What is written beside a snapshot's directory. A committed one is in {@code committed.json}, an active one in {@code active.json}. */
sealed interface SnapshotRecord {
    int LIMIT = 1 << 16;

    /** Returns the chain that the snapshot stands on. */
    ChainId parent();

    /** Returns the file's content. */
    byte[] toJson();

    /** A layer: {@code chain} is {@code parent} with this layer on top. */
    record Committed(ChainId chain, ChainId parent) implements SnapshotRecord {
        static final String FILE = "committed.json";

        @Override
        public byte[] toJson() {
            return Json.bytes(Json.object().put("version", 1).put("chain", chain.toString()).put("parent", parent.toString()));
        }

        static Committed parse(byte[] bytes) throws ImageException {
            JsonNode root = Json.object(bytes, FILE);
            return new Committed(member(root, "chain"), member(root, "parent"));
        }
    }

    /** A writable directory. */
    record Active(String key, ChainId parent) implements SnapshotRecord {
        static final String FILE = "active.json";

        @Override
        public byte[] toJson() {
            return Json.bytes(Json.object().put("version", 1).put("key", key).put("parent", parent.toString()));
        }

        static Active parse(byte[] bytes) throws ImageException {
            JsonNode root = Json.object(bytes, FILE);
            String key = Json.text(root, "key");
            if (key.isEmpty()) {
                throw new ImageException(Kind.INVALID_ARGUMENT, FILE + " has no key");
            }
            return new Active(key, member(root, "parent"));
        }
    }

    private static ChainId member(JsonNode root, String name) throws ImageException {
        return new ChainId(Digest.parse(Json.text(root, name)));
    }
}

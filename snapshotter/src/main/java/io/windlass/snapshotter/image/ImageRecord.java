package io.windlass.snapshotter.image;

import io.windlass.snapshotter.oci.ChainId;
import io.windlass.snapshotter.oci.Digest;
import io.windlass.snapshotter.oci.ImageException;
import io.windlass.snapshotter.oci.Json;
import io.windlass.snapshotter.oci.Reference;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An image as it is written to disk.
 *
 * @param id the digest of its configuration
 * @param names every tag and digest name, and the manifest or index it stands for
 * @param chainId its layers
 * @param size bytes of the compressed layers and the configuration
 * @param blobs the documents and layers it was made from
 * @param updated milliseconds since 1970: of two records with one tag, the later is right
 */
record ImageRecord(Digest id, Map<Reference, Digest> names, ChainId chainId, long size, Set<Digest> blobs, long updated) {

    private static final int VERSION = 2;

    ImageRecord {
        names = Map.copyOf(names);
        blobs = Set.copyOf(blobs);
    }

    /** Returns the record with the names and blobs of a later one of the same image added. */
    ImageRecord merge(ImageRecord later) {
        Map<Reference, Digest> allNames = new TreeMap<>(names);
        allNames.putAll(later.names);
        Set<Digest> allBlobs = new LinkedHashSet<>(blobs);
        allBlobs.addAll(later.blobs);
        return new ImageRecord(id, allNames, chainId, later.size, allBlobs, later.updated);
    }

    /** Returns the record without {@code name}. */
    ImageRecord without(Reference name, long now) {
        Map<Reference, Digest> rest = new TreeMap<>(names);
        rest.remove(name);
        return new ImageRecord(id, rest, chainId, size, blobs, now);
    }

    byte[] toJson() {
        ObjectNode root = Json.object().put("version", VERSION).put("id", id.toString());
        ObjectNode nameNode = root.putObject("names");
        new TreeMap<>(names).forEach((name, target) -> nameNode.put(name.toString(), target.toString()));
        root.put("chain", chainId.toString()).put("size", size).put("updated", updated);
        ArrayNode blobNode = root.putArray("blobs");
        blobs.stream().sorted().forEach(blob -> blobNode.add(blob.toString()));
        return Json.record(root);
    }

    static ImageRecord parse(byte[] bytes) throws ImageException {
        JsonNode root = Json.record(bytes, "the image record", VERSION);
        Map<Reference, Digest> names = new TreeMap<>();
        for (Map.Entry<String, String> name : Json.stringMap(root, "names").entrySet()) {
            names.put(Reference.parse(name.getKey()), Digest.parse(name.getValue()));
        }
        Set<Digest> blobs = new LinkedHashSet<>();
        for (String blob : Json.strings(root, "blobs")) {
            blobs.add(Digest.parse(blob));
        }
        return new ImageRecord(Digest.parse(Json.text(root, "id")), names, new ChainId(Digest.parse(Json.text(root, "chain"))),
                Json.count(root, "size"), blobs,
                Json.count(root, "updated"));
    }
}

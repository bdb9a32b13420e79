package io.windlass.snapshotter.oci;

import io.windlass.shim.linux.RecordSeal;
import io.windlass.snapshotter.oci.ImageException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as trees. A member that is absent or null reads as empty; one of the wrong type, or named twice, is an error: two readers of a
 * document must not see two different things. What a document takes of the heap is limited: a small node takes many times the bytes that it
 * was written with, and Jackson's table of names, which is off, would outlive the document.
 */
public final class Json {
    /** Brackets, names and values of one document. */
    private static final int TOKEN_LIMIT = 100_000;

    private static final JsonMapper MAPPER = JsonMapper
            .builder(JsonFactory.builder().disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(StreamReadConstraints.builder().maxTokenCount(TOKEN_LIMIT).build()).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private Json() {}

    /**
     * Parses an object.
     *
     * @param what names the document in the message
     * @throws ImageException of kind INVALID_ARGUMENT when the bytes are no JSON object, or one of too many nodes
     */
    public static JsonNode object(byte[] bytes, String what) throws ImageException {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (node != null && node.isObject()) {
                return node;
            }
            throw new ImageException(Kind.INVALID_ARGUMENT, what + " is not a JSON object");
        } catch (JacksonException e) {
            throw new ImageException(Kind.INVALID_ARGUMENT, what + " is not valid JSON: " + Text.shorten("" + e.getOriginalMessage()), e);
        }
    }

    /** Returns a new empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Returns the compact UTF-8 form. */
    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** Returns the bytes of a record of ours: what {@link #bytes} gives, with a checksum at its end. */
    public static byte[] record(ObjectNode record) {
        return RecordSeal.seal(bytes(record));
    }

    /**
     * Parses a record of ours and checks that it is what was written. The first version has no checksum.
     *
     * @param version the last version that is known
     * @throws ImageException FAILED_PRECONDITION for a record of a later daemon, else DATA_LOSS or INVALID_ARGUMENT
     */
    public static JsonNode record(byte[] bytes, String what, int version) throws ImageException {
        if (bytes.length == 0) {
            throw new ImageException(Kind.DATA_LOSS, what + " is empty");
        }
        JsonNode root = object(bytes, what);
        long found = count(root, "version");
        try {
            RecordSeal.check(bytes, found);
        } catch (IOException e) {
            throw new ImageException(Kind.DATA_LOSS, what + ": " + e.getMessage(), e);
        }
        if (found > version) {
            throw new ImageException(Kind.FAILED_PRECONDITION,
                    what + " has version " + found + " of a later windlass, this one knows those up to " + version);
        }
        return root;
    }

    /** Returns the string member {@code name}, or an empty string. */
    public static String text(JsonNode object, String name) throws ImageException {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        return string(node, name);
    }

    /** Returns the member {@code name}, which must be a whole number of at least 0. */
    public static long count(JsonNode object, String name) throws ImageException {
        JsonNode node = object.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw wrong(name, "a whole number of at least 0");
        }
        return node.longValue();
    }

    /** Returns the object member {@code name}, or an empty one. */
    public static JsonNode member(JsonNode object, String name) throws ImageException {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return object();
        }
        if (!node.isObject()) {
            throw wrong(name, "an object");
        }
        return node;
    }

    /** Returns the elements of the array member {@code name}, or none. */
    public static List<JsonNode> array(JsonNode object, String name) throws ImageException {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw wrong(name, "an array");
        }
        return List.copyOf(node.values());
    }

    /** Returns the strings of the array member {@code name}, or none. */
    public static List<String> strings(JsonNode object, String name) throws ImageException {
        List<String> out = new ArrayList<>();
        for (JsonNode node : array(object, name)) {
            out.add(string(node, name));
        }
        return out;
    }

    /** Returns the string members of the object member {@code name} in their order, or none. */
    public static Map<String, String> stringMap(JsonNode object, String name) throws ImageException {
        Map<String, String> out = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : member(object, name).properties()) {
            out.put(entry.getKey(), entry.getValue().isNull() ? "" : string(entry.getValue(), name));
        }
        return out;
    }

    /** Returns the member names of the object member {@code name} in their order, or none. */
    public static List<String> names(JsonNode object, String name) throws ImageException {
        return List.copyOf(member(object, name).propertyNames());
    }

    private static String string(JsonNode node, String name) throws ImageException {
        if (!node.isString()) {
            throw wrong(name, "a string");
        }
        return node.stringValue();
    }

    private static ImageException wrong(String name, String wanted) {
        return new ImageException(Kind.INVALID_ARGUMENT, "\"" + name + "\" must be " + wanted);
    }
}

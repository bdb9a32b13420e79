package io.windlass.cni;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON trees, as CNI configurations and results have keys that only their plugin knows. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** @throws MalformedJsonException unless it is one JSON object */
    static ObjectNode parseObject(byte[] bytes) throws MalformedJsonException {
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            String where = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new MalformedJsonException(lowerFirst(e.getOriginalMessage()) + where, e);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new MalformedJsonException("it is not a JSON object", null);
    }

    static byte[] bytes(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the text under a key, or {@code ""} where there is none. */
    static String text(JsonNode object, String key) {
        JsonNode node = object.get(key);
        return node != null && node.isString() ? node.stringValue() : "";
    }

    private static String lowerFirst(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}

package io.windlass.cri.store;

import io.windlass.cri.store.RecordFile.NewerException;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/** Writes one JSON object field by field, and reads required fields of one. No reflection: the fields stand in the code. */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Returns the bytes of an object whose fields {@code fields} writes. */
    public static byte[] object(Consumer<JsonGenerator> fields) {
        var bytes = new ByteArrayOutputStream(1024);
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            fields.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** Returns a text field. */
    public static String text(JsonNode object, String name) {
        return required(object, name).asString();
    }

    /** Returns a number field. */
    public static long number(JsonNode object, String name) {
        return required(object, name).longValue();
    }

    /** Returns a field that holds base64 text, as its bytes. */
    public static byte[] binary(JsonNode object, String name) {
        var bytes = required(object, name).binaryValue();
        return bytes == null ? new byte[0] : bytes;
    }

    /** Returns a field that must be there. */
    public static JsonNode required(JsonNode object, String name) {
        var field = object.get(name);
        if (field == null || field.isNull()) {
            throw new IllegalArgumentException("field \"" + name + "\" is missing");
        }
        return field;
    }

    /**
     * Checks the record's version. Those of earlier daemons are read; a record of a later daemon is not guessed at.
     *
     * @param version the last version that is known
     */
    public static void requireVersion(JsonNode object, int version) throws NewerException {
        long found = number(object, "version");
        if (found > version) {
            throw new NewerException("record version " + found + " is of a later windlass, this one knows those up to " + version);
        }
        if (found < 1) {
            throw new IllegalArgumentException("there is no record version " + found);
        }
    }
}

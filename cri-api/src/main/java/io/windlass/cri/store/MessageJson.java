package io.windlass.cri.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * Shows a message of the CRI as JSON for people and for tools that read a peer's: names as in the contract, enums as numbers, what is not set
 * left out.
 */
public final class MessageJson {
    private MessageJson() {}

    /** Writes the message as one object. */
    public static void write(JsonGenerator json, Message message) {
        json.writeStartObject();
        message.getAllFields().forEach((field, value) -> {
            if (field.getOptions().getDebugRedact()) {
                return;
            }
            json.writeName(field.getName());
            if (field.isMapField()) {
                map(json, (List<?>) value);
            } else if (field.isRepeated()) {
                json.writeStartArray();
                ((List<?>) value).forEach(element -> value(json, field, element));
                json.writeEndArray();
            } else {
                value(json, field, value);
            }
        });
        json.writeEndObject();
    }

    private static void map(JsonGenerator json, List<?> entries) {
        json.writeStartObject();
        for (var element : entries) {
            var entry = (MapEntry<?, ?>) element;
            json.writeName(String.valueOf(entry.getKey()));
            value(json, entry.getDescriptorForType().findFieldByName("value"), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, FieldDescriptor field, Object value) {
        switch (field.getJavaType()) {
            case INT -> json.writeNumber((Integer) value);
            case LONG -> json.writeNumber((Long) value);
            case FLOAT -> json.writeNumber((Float) value);
            case DOUBLE -> json.writeNumber((Double) value);
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case STRING -> json.writeString((String) value);
            case BYTE_STRING -> json.writeBinary(((ByteString) value).toByteArray());
            case ENUM -> json.writeNumber(((EnumValueDescriptor) value).getNumber());
            case MESSAGE -> write(json, (Message) value);
        }
    }
}

package io.windlass.cri.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages as JSON: protobuf's mapping with defaults written out, which is what crictl prints, except that JSON texts in {@code info} become
 * part of the document.
 */
final class ProtoJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private ProtoJson() {}

    /** The message as an indented document. */
    static String render(Message message) {
        return indent(tree(message));
    }

    /** Several messages as a list; one stands alone. */
    static String render(List<? extends Message> messages) {
        if (messages.size() == 1) {
            return render(messages.getFirst());
        }
        ArrayNode array = NODES.arrayNode();
        messages.forEach(message -> array.add(tree(message)));
        return indent(array);
    }

    private static String indent(JsonNode node) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    private static ObjectNode tree(Message message) {
        ObjectNode node = NODES.objectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                node.set(field.getJsonName(), map(message, field));
            } else if (field.isRepeated()) {
                node.set(field.getJsonName(), list(message, field));
            } else if (!field.hasPresence() || message.hasField(field)) {
                node.set(field.getJsonName(), value(field, message.getField(field)));
            }
        }
        return node;
    }

    private static JsonNode list(Message message, FieldDescriptor field) {
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            array.add(value(field, message.getRepeatedField(field, i)));
        }
        return array;
    }

    private static JsonNode map(Message message, FieldDescriptor field) {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        List<Message> entries = new ArrayList<>();
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            entries.add((Message) message.getRepeatedField(field, i));
        }
        entries.sort((a, b) -> a.getField(key).toString().compareTo(b.getField(key).toString()));
        ObjectNode object = NODES.objectNode();
        for (Message entry : entries) {
            String text = entry.getField(value).toString();
            object.set(entry.getField(key).toString(), field.getName().equals("info") ? document(text) : NODES.stringNode(text));
        }
        return object;
    }

    private static JsonNode document(String text) {
        if (text.startsWith("{") || text.startsWith("[")) {
            try {
                return MAPPER.readTree(text);
            } catch (JacksonException e) {
                // no JSON after all
            }
        }
        return NODES.stringNode(text);
    }

    private static JsonNode value(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case MESSAGE -> tree((Message) value);
            case ENUM -> NODES.stringNode(((EnumValueDescriptor) value).getName());
            case BYTE_STRING -> NODES.stringNode(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case LONG -> NODES.stringNode(text(field, (Long) value));
            case INT -> field.getType() == FieldDescriptor.Type.UINT32
                    ? NODES.numberNode(Integer.toUnsignedLong((Integer) value))
                    : NODES.numberNode((Integer) value);
            case BOOLEAN -> NODES.booleanNode((Boolean) value);
            case DOUBLE -> NODES.numberNode((Double) value);
            case FLOAT -> NODES.numberNode((Float) value);
            case STRING -> NODES.stringNode((String) value);
        };
    }

    private static String text(FieldDescriptor field, long value) {
        return field.getType() == FieldDescriptor.Type.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
}

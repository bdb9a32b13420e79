package io.windlass.cri.server;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.windlass.cri.v1.CriProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the compiled contract, field by field, with the checked-in facts: a slip in the .proto would be one on the wire. */
class ContractTest {

    private static final FileDescriptor FILE = CriProto.getDescriptor();

    @Test
    void everyFactIsInTheDescriptorAndNothingElse() throws IOException {
        assertThat(described()).containsExactlyInAnyOrderElementsOf(facts());
    }

    @Test
    void theServicesHaveTheNamesClientsCall() {
        assertThat(FILE.getPackage()).isEqualTo("runtime.v1");
        assertThat(FILE.getServices()).extracting(service -> service.getFullName()).containsExactly("runtime.v1.RuntimeService",
                "runtime.v1.ImageService");
    }

    private static List<String> facts() throws IOException {
        try (var in = Objects.requireNonNull(ContractTest.class.getResourceAsStream("/runtime-v1.tsv"), "facts")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    private static List<String> described() {
        List<String> lines = new ArrayList<>();
        for (var service : FILE.getServices()) {
            service.getMethods().forEach(method -> lines.add(rpc(method)));
        }
        FILE.getEnumTypes().forEach(type -> enumeration(type, lines));
        FILE.getMessageTypes().forEach(type -> message(type, lines));
        return lines;
    }

    private static String rpc(MethodDescriptor method) {
        assertThat(method.isClientStreaming()).as(method.getFullName()).isFalse();
        String response = (method.isServerStreaming() ? "stream " : "") + method.getOutputType().getName();
        return String.join("\t", "rpc", method.getService().getName(), method.getName(), method.getInputType().getName(), response);
    }

    private static void enumeration(EnumDescriptor type, List<String> lines) {
        type.getValues()
                .forEach(value -> lines.add(String.join("\t", "enum", local(type.getFullName()), "" + value.getNumber(), value.getName())));
    }

    private static void message(Descriptor type, List<String> lines) {
        if (type.getFields().isEmpty()) {
            lines.add("message\t" + type.getName());
        }
        type.getFields().forEach(field -> lines.add(field(type, field)));
        type.getEnumTypes().forEach(nested -> enumeration(nested, lines));
    }

    private static String field(Descriptor type, FieldDescriptor field) {
        StringBuilder line = new StringBuilder(
                String.join("\t", "field", type.getName(), "" + field.getNumber(), type(field), field.getName()));
        if (field.getOptions().getDeprecated()) {
            line.append("\tdeprecated");
        }
        if (field.getOptions().getDebugRedact()) {
            line.append("\tdebug_redact");
        }
        return line.toString();
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            var entry = field.getMessageType().getFields();
            return "map<" + type(entry.get(0)) + "," + type(entry.get(1)) + ">";
        }
        String name = switch (field.getJavaType()) {
            case MESSAGE -> local(field.getMessageType().getFullName());
            case ENUM -> local(field.getEnumType().getFullName());
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
                field.toProto().getType().name().substring("TYPE_".length()).toLowerCase(
                        Locale.ROOT);
        };
        return (field.isRepeated() ? "repeated " : "") + name;
    }

    private static String local(String fullName) {
        return fullName.substring("runtime.v1.".length());
    }
}

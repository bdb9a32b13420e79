package io.windlass.cri.stream;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How an exec or attach ended, as it is written to the error stream: as a {@code metav1.Status} since version 4 of the protocol, before that
 * as a text, or nothing after success.
 */
sealed interface Outcome {

    /** A command ended with 0, or a container's streams came to their end. */
    record Success() implements Outcome {}

    /** The client has left by its keys; the container runs on. */
    record Detached() implements Outcome {}

    /** A command ended otherwise. */
    record Exited(int code) implements Outcome {}

    /** It did not come to that. */
    record Failed(String message) implements Outcome {}

    /** The outcome of an exit code. */
    static Outcome of(int code) {
        return code == 0 ? new Success() : new Exited(code);
    }

    /** What a person reads; empty for success. */
    default String text() {
        return switch (this) {
            case Success() -> "";
            case Detached() -> "";
            case Exited(int code) -> "command terminated with non-zero exit code: " + code;
            case Failed(String message) -> message;
        };
    }

    /** The bytes for the error stream in a version of the protocol. */
    default byte[] encode(RemoteProtocol protocol) {
        return (protocol.structuredStatus() ? status() : text()).getBytes(StandardCharsets.UTF_8);
    }

    /** The JSON of the status. */
    private String status() {
        ObjectNode status = JsonMapper.shared().createObjectNode();
        status.putObject("metadata");
        status.put("status", this instanceof Success || this instanceof Detached ? "Success" : "Failure");
        switch (this) {
            case Success() -> {
            }
            case Detached() -> status.put("reason", "Detached");
            case Exited(int code) -> {
                status.put("message", text()).put("reason", "NonZeroExitCode");
                causes(status).addObject().put("reason", "ExitCode").put("message", Integer.toString(code));
            }
            case Failed(String message) -> {
                status.put("message", "Internal error occurred: " + message).put("reason", "InternalError");
                causes(status).addObject().put("message", message);
                status.put("code", 500);
            }
        }
        return status.toString();
    }

    private static ArrayNode causes(ObjectNode status) {
        return status.putObject("details").putArray("causes");
    }
}

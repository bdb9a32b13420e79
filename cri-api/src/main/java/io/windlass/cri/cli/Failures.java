package io.windlass.cri.cli;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** What people read when a verb fails: one line. */
final class Failures {

    private Failures() {}

    /** The line, without the program's name. */
    static String text(Throwable error) {
        if (error instanceof StatusRuntimeException e) {
            return text(e.getStatus());
        }
        String message = error.getMessage();
        return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
    }

    private static String text(Status status) {
        String description = status.getDescription();
        Throwable cause = status.getCause();
        if (status.getCode() == Status.Code.UNAVAILABLE && cause != null) {
            return "cannot reach the runtime: " + text(cause) + "; is it running, and is --endpoint right";
        }
        if (description == null || description.isBlank()) {
            return cause == null ? status.getCode().toString() : text(cause);
        }
        return description;
    }
}

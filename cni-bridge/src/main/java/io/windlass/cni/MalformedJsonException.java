package io.windlass.cni;

import org.jspecify.annotations.Nullable;

/** Bytes that are not the JSON they should be. */
final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedJsonException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

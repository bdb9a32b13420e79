package io.windlass.snapshotter.oci;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why an image could not be named, fetched, unpacked, found or removed. The kind decides the gRPC code; the message names the object and the way out. */
public final class ImageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, in the terms of gRPC's status codes. */
    public enum Kind {
        /** The reference, a document or a layer is malformed or hostile. */
        INVALID_ARGUMENT,
        /** The registry or this node does not have it. */
        NOT_FOUND,
        /** The registry wants credentials, or other ones (HTTP 401). */
        UNAUTHENTICATED,
        /** The registry refuses these credentials (HTTP 403). */
        PERMISSION_DENIED,
        /** The registry cannot be reached or asks to come back later (HTTP 429 and 5xx). */
        UNAVAILABLE,
        /** Bytes do not have the digest or length they were announced with. */
        DATA_LOSS,
        /** A limit on bytes, entries or ratio was met, or the disk is full. */
        RESOURCE_EXHAUSTED,
        /** The state forbids it: a snapshot in use, a redirect to plain HTTP. */
        FAILED_PRECONDITION
    }

    private final Kind kind;

    /**
     * @param kind what went wrong
     * @param message lower case, no full stop, names the object
     */
    public ImageException(Kind kind, String message) {
        this(kind, message, null);
    }

    /**
     * @param kind what went wrong
     * @param message lower case, no full stop, names the object
     * @param cause what was caught, or null
     */
    public ImageException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Returns what went wrong. */
    public Kind kind() {
        return kind;
    }
}

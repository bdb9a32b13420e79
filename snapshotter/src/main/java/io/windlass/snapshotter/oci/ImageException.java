package io.windlass.snapshotter.oci;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Shortage;
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
        FAILED_PRECONDITION,
        /** This node failed: a disk error, a record that cannot be written. */
        INTERNAL
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

    /**
     * Returns {@code cause} as an image's failure: itself when it is one already, RESOURCE_EXHAUSTED for a full disk and where descriptors or
     * memory are used up, else INTERNAL.
     *
     * @param what what was being done, to begin the message with
     */
    public static ImageException of(String what, IOException cause) {
        if (cause instanceof ImageException already) {
            return already;
        }
        String message = String.valueOf(cause.getMessage());
        boolean full = cause instanceof ErrnoException failed
                ? failed.errno() == Errno.ENOSPC || failed.errno() == Errno.EDQUOT
                : message.contains("No space left on device") || message.contains("Disk quota exceeded");
        if (Shortage.isBehind(cause)) {
            return new ImageException(Kind.RESOURCE_EXHAUSTED, what + ": " + message, cause);
        }
        return full
                ? new ImageException(Kind.RESOURCE_EXHAUSTED,
                        what + ": no space left on the file system: free some or remove images (" + message + ")", cause)
                : new ImageException(Kind.INTERNAL, what + ": " + (message.equals("null") ? cause.getClass().getSimpleName() : message),
                        cause);
    }

    /** Returns what went wrong. */
    public Kind kind() {
        return kind;
    }
}

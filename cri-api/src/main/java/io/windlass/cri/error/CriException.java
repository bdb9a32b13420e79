package io.windlass.cri.error;

import io.grpc.Status.Code;
import org.jspecify.annotations.Nullable;

/**
 * A refusal whose gRPC code is known where it is thrown. The message goes to the client as it is: lower case, no full stop, it names the
 * object and the way out. Everything else that is thrown is given its code by the server's {@code StatusMapper}.
 *
 * <pre>
 * throw CriException.notFound("container " + id + " does not exist");
 * </pre>
 */
public final class CriException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Code code;

    /** An error with any code but OK; the cause is logged and never sent. */
    public CriException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        if (code == Code.OK) {
            throw new IllegalArgumentException("an error needs a code other than OK: " + message);
        }
        this.code = code;
    }

    /** An error with any code but OK. */
    public CriException(Code code, String message) {
        this(code, message, null);
    }

    /** The code the client sees. */
    public Code code() {
        return code;
    }

    /** The message, which is always there. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** The request can never work as it is. */
    public static CriException invalidArgument(String message) {
        return new CriException(Code.INVALID_ARGUMENT, message);
    }

    /** The object does not exist. */
    public static CriException notFound(String message) {
        return new CriException(Code.NOT_FOUND, message);
    }

    /** The name is taken by a different object. */
    public static CriException alreadyExists(String message) {
        return new CriException(Code.ALREADY_EXISTS, message);
    }

    /** The object is in a state that does not allow it. */
    public static CriException failedPrecondition(String message) {
        return new CriException(Code.FAILED_PRECONDITION, message);
    }

    /** A limit was reached: space, size, count. */
    public static CriException resourceExhausted(String message) {
        return new CriException(Code.RESOURCE_EXHAUSTED, message);
    }

    /** Something outside did not answer; the same request may work later. */
    public static CriException unavailable(String message) {
        return new CriException(Code.UNAVAILABLE, message);
    }

    /** The time the request allowed has run out. */
    public static CriException deadlineExceeded(String message) {
        return new CriException(Code.DEADLINE_EXCEEDED, message);
    }

    /** This version, handler or node cannot do it. */
    public static CriException unimplemented(String message) {
        return new CriException(Code.UNIMPLEMENTED, message);
    }

    /** A fault of ours or of the node. */
    public static CriException internal(String message, @Nullable Throwable cause) {
        return new CriException(Code.INTERNAL, message, cause);
    }
}

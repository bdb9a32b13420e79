package io.windlass.cri.server;

import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.cni.NetworkException;
import io.windlass.cri.error.CriException;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Shortage;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Gives every error its gRPC code, here and nowhere else. */
final class StatusMapper {

    private static final String ROOM = ": make room there, or remove images and containers";

    private StatusMapper() {}

    /**
     * The status to answer with. A message that was written for the client goes to it as it is; any other is sent as Internal, with the
     * call's object before it.
     *
     * @param call what failed, such as {@code RunPodSandbox default/web}
     */
    static Status map(String call, Throwable thrown) {
        Throwable error = unwrap(thrown);
        return switch (error) {
            case CriException e -> status(e.code(), e.getMessage(), e);
            case StatusRuntimeException e -> e.getStatus();
            case Throwable e when Shortage.isBehind(e) -> status(Code.RESOURCE_EXHAUSTED, call + ": " + text(e)
                    + ": the daemon's limit of open files is reached, or the memory: try again when there is room", e);
            case NetworkException e when e.getCause() instanceof IOException cause && isFull(cause) -> status(Code.RESOURCE_EXHAUSTED,
                    text(e) + ROOM, e);
            case NetworkException e -> status(code(e.kind()), text(e), e);
            case ImageException e -> status(code(e.kind()), text(e), e);
            case ErrnoException e when e.errno() == Errno.EAGAIN -> status(Code.RESOURCE_EXHAUSTED, call + ": " + text(e)
                    + ": the limit of processes is reached", e);
            case OutOfMemoryError e -> status(Code.RESOURCE_EXHAUSTED, call + ": " + text(e), e);
            case IOException e when isFull(e) -> status(Code.RESOURCE_EXHAUSTED, call + ": " + text(e) + ROOM, e);
            case IllegalArgumentException e -> status(Code.INVALID_ARGUMENT, text(e), e);
            case TimeoutException e -> status(Code.DEADLINE_EXCEEDED, call + ": " + text(e), e);
            case CancellationException e -> status(Code.CANCELLED, call + ": cancelled", e);
            case InterruptedException e -> status(Code.CANCELLED, call + ": interrupted", e);
            default -> status(Code.INTERNAL, call + ": " + text(error), error);
        };
    }

    private static Status status(Code code, String message, Throwable cause) {
        return Status.fromCode(code).withDescription(message).withCause(cause);
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable error = thrown;
        while (error.getCause() != null && (error instanceof ExecutionException || error instanceof CompletionException
                || error instanceof UncheckedIOException)) {
            error = error.getCause();
        }
        return error;
    }

    private static Code code(NetworkException.Kind kind) {
        return switch (kind) {
            case NOT_READY, TRY_AGAIN -> Code.UNAVAILABLE;
            case EXHAUSTED -> Code.RESOURCE_EXHAUSTED;
            case TIMEOUT -> Code.DEADLINE_EXCEEDED;
            case INVALID -> Code.INVALID_ARGUMENT;
            case IN_USE -> Code.FAILED_PRECONDITION;
            case FAILED -> Code.INTERNAL;
        };
    }

    private static Code code(ImageException.Kind kind) {
        return switch (kind) {
            case INVALID_ARGUMENT -> Code.INVALID_ARGUMENT;
            case NOT_FOUND -> Code.NOT_FOUND;
            case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
            case PERMISSION_DENIED -> Code.PERMISSION_DENIED;
            case UNAVAILABLE -> Code.UNAVAILABLE;
            case DATA_LOSS -> Code.DATA_LOSS;
            case RESOURCE_EXHAUSTED -> Code.RESOURCE_EXHAUSTED;
            case FAILED_PRECONDITION -> Code.FAILED_PRECONDITION;
            case INTERNAL -> Code.INTERNAL;
        };
    }

    /** The JDK keeps no errno; its reason, or the whole message, is strerror(3) in the C locale. */
    private static boolean isFull(IOException e) {
        if (e instanceof ErrnoException failed) {
            return failed.errno() == Errno.ENOSPC || failed.errno() == Errno.EDQUOT;
        }
        String text = e instanceof FileSystemException file ? String.valueOf(file.getReason()) : text(e);
        return text.contains("No space left") || text.contains("quota exceeded");
    }

    private static String text(Throwable error) {
        String message = error.getMessage();
        return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
    }
}

package io.windlass.cri.server;

import io.grpc.Status;
import io.grpc.Status.Code;
import io.windlass.cni.NetworkException;
import io.windlass.cri.error.CriException;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.snapshotter.oci.ImageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class StatusMapperTest {

    static Stream<Arguments> errors() {
        return Stream.of(Arguments.of(CriException.notFound("container x does not exist"), Code.NOT_FOUND, "container x does not exist"),
                Arguments.of(new ErrnoException("write /a", 28), Code.RESOURCE_EXHAUSTED, "Call x: write /a: ENOSPC"),
                Arguments.of(new ErrnoException("write /a", 122), Code.RESOURCE_EXHAUSTED, "make room there"),
                Arguments.of(new NetworkException(NetworkException.Kind.FAILED, "record x cannot be written",
                        new ErrnoException("fsync /a", 28)), Code.RESOURCE_EXHAUSTED, "record x"),
                Arguments.of(new ErrnoException("posix_spawn", 11), Code.RESOURCE_EXHAUSTED, "Call x: posix_spawn: EAGAIN"),
                Arguments.of(new ErrnoException("posix_spawn", 11), Code.RESOURCE_EXHAUSTED, "the limit of processes"),
                Arguments.of(new OutOfMemoryError("unable to create native thread"), Code.RESOURCE_EXHAUSTED, "Call x: unable"),
                Arguments.of(new ErrnoException("open /a", 24), Code.RESOURCE_EXHAUSTED, "Call x: open /a: EMFILE"),
                Arguments.of(new FileSystemException("/a", null, "Too many open files"), Code.RESOURCE_EXHAUSTED, "limit of open files"),
                Arguments.of(new InternalError(new IOException("Too many open files in system")), Code.RESOURCE_EXHAUSTED, "Call x: "),
                Arguments.of(
                        new ImageException(ImageException.Kind.UNAVAILABLE, "cannot be reached", new IOException("Too many open files")),
                        Code.RESOURCE_EXHAUSTED, "cannot be reached"),
                Arguments.of(new ImageException(ImageException.Kind.NOT_FOUND, "not found in registry x (HTTP 404: too many open files)"),
                        Code.NOT_FOUND, "registry x"),
                Arguments.of(new ErrnoException("open /a", 2), Code.INTERNAL, "Call x: open /a: ENOENT"),
                Arguments.of(new FileSystemException("/a", null, "No space left on device"), Code.RESOURCE_EXHAUSTED,
                        "Call x: /a: No space left"),
                Arguments.of(new IOException("No space left on device"), Code.RESOURCE_EXHAUSTED, "make room"),
                Arguments.of(new NetworkException(NetworkException.Kind.EXHAUSTED, "no address is left"), Code.RESOURCE_EXHAUSTED,
                        "no address"),
                Arguments.of(new NetworkException(NetworkException.Kind.FAILED, "lease of sandbox x cannot be written",
                        new FileSystemException("/a", null, "No space left on device")), Code.RESOURCE_EXHAUSTED, "lease of sandbox x"),
                Arguments.of(new NetworkException(NetworkException.Kind.TRY_AGAIN, "later"), Code.UNAVAILABLE, "later"),
                Arguments.of(new IllegalArgumentException("bad digest"), Code.INVALID_ARGUMENT, "bad digest"),
                Arguments.of(new TimeoutException("too slow"), Code.DEADLINE_EXCEEDED, "too slow"),
                Arguments.of(new InterruptedException(), Code.CANCELLED, "interrupted"),
                Arguments.of(new ExecutionException(CriException.alreadyExists("taken")), Code.ALREADY_EXISTS, "taken"),
                Arguments.of(new UncheckedIOException(new IOException("broken")), Code.INTERNAL, "Call x: broken"),
                Arguments.of(new NullPointerException(), Code.INTERNAL, "Call x: NullPointerException"),
                Arguments.of(Status.ABORTED.withDescription("a").asRuntimeException(), Code.ABORTED, "a"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void everyErrorHasItsCodeAndNamesItsObject(Throwable error, Code code, String text) {
        Status status = StatusMapper.map("Call x", error);
        assertThat(status.getCode()).isEqualTo(code);
        assertThat(status.getDescription()).contains(text);
    }

    @ParameterizedTest
    @EnumSource(ImageException.Kind.class)
    void kindsOfImageErrorsAreCodesByName(ImageException.Kind kind) {
        assertThat(StatusMapper.map("PullImage x", new ImageException(kind, "why")).getCode().name()).isEqualTo(kind.name());
    }

    @Test
    void theCauseIsKeptForTheLog() {
        IOException cause = new IOException("broken");
        assertThat(StatusMapper.map("Call", cause).getCause()).isSameAs(cause);
    }
}

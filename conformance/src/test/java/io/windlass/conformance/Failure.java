package io.windlass.conformance;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.windlass.conformance.fixture.Node;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A call that was refused. */
record Failure(Code code, String message) {

    /** The failure of {@code call}, which has to fail by a gRPC status. */
    static Failure of(ThrowingCallable call) {
        StatusRuntimeException thrown = Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
        Assertions.assertThat(thrown).as("a failing call").isNotNull();
        return new Failure(thrown.getStatus().getCode(), Objects.requireNonNullElse(thrown.getStatus().getDescription(), ""));
    }

    /** As {@link #of}, with the code that our contract gives. A named difference: containerd answers Unknown to most bad requests. */
    static Failure of(Node node, Code code, ThrowingCallable call) {
        Failure failure = of(call);
        if (!node.runtime().name().equals("containerd")) {
            Assertions.assertThat(failure.code).as(failure.message).isEqualTo(code);
            Assertions.assertThat(failure.message).as("a message that names the object").isNotBlank();
        }
        return failure;
    }
}

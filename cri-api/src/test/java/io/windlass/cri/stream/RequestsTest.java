package io.windlass.cri.stream;

import io.grpc.Status.Code;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.AttachRequest;
import io.windlass.cri.v1.ExecRequest;
import io.windlass.cri.v1.PortForwardRequest;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RequestsTest {

    private ServerFixture fixture;
    private Exec exec;
    private Attach attach;
    private PortForward forward;

    @BeforeEach
    void start() throws IOException {
        fixture = new ServerFixture();
        exec = new Exec(fixture.server, fixture.target);
        attach = new Attach(fixture.server, fixture.target);
        forward = new PortForward(fixture.server, fixture.target);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static ExecRequest.Builder echo() {
        return ExecRequest.newBuilder().setContainerId("c1").addCmd("/bin/echo").setStdout(true);
    }

    private static void refused(Code code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CriException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void urlsNameTheVerb() {
        assertThat(exec.call(echo().build()).getUrl()).matches("http://127\\.0\\.0\\.1:[0-9]+/exec/[A-Za-z0-9_-]{22}");
        assertThat(attach.call(AttachRequest.newBuilder().setContainerId("c1").setStdin(true).build()).getUrl()).contains("/attach/");
        assertThat(forward.call(PortForwardRequest.newBuilder().setPodSandboxId("s1").build()).getUrl()).contains("/portforward/");
    }

    @Test
    void whatCanNeverStreamIsInvalid() {
        refused(Code.INVALID_ARGUMENT, () -> exec.call(echo().setTty(true).setStderr(true).build()));
        refused(Code.INVALID_ARGUMENT, () -> exec.call(echo().setStdout(false).build()));
        refused(Code.INVALID_ARGUMENT, () -> exec.call(echo().clearCmd().build()));
        refused(Code.INVALID_ARGUMENT, () -> exec.call(echo().setContainerId("").build()));
        refused(Code.INVALID_ARGUMENT,
                () -> attach.call(AttachRequest.newBuilder().setContainerId("c1").setTty(true).setStderr(true).build()));
        refused(Code.INVALID_ARGUMENT, () -> attach.call(AttachRequest.newBuilder().setContainerId("c1").build()));
        for (int port : List.of(0, -1, 65536)) {
            refused(Code.INVALID_ARGUMENT, () -> forward.call(PortForwardRequest.newBuilder().setPodSandboxId("s1").addPort(port).build()));
        }
    }

    @Test
    void absentAndStoppedObjectsAreTold() {
        refused(Code.NOT_FOUND, () -> exec.call(echo().setContainerId("absent").build()));
        refused(Code.FAILED_PRECONDITION, () -> exec.call(echo().setContainerId("exited").build()));
        refused(Code.NOT_FOUND, () -> attach.call(AttachRequest.newBuilder().setContainerId("absent").setStdout(true).build()));
        refused(Code.FAILED_PRECONDITION, () -> attach.call(AttachRequest.newBuilder().setContainerId("exited").setStdout(true).build()));
        refused(Code.NOT_FOUND, () -> forward.call(PortForwardRequest.newBuilder().setPodSandboxId("absent").build()));
    }
}

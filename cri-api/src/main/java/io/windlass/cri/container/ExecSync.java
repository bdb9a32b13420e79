package io.windlass.cri.container;

import com.google.protobuf.UnsafeByteOperations;
import io.windlass.cri.error.CriException;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ExecSyncResponse;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * Runs a command in a container and answers with its output and exit code. Its processes are in a cgroup of their own, so that all of them end
 * at the timeout. What a command leaves behind that ends in time lives on; the answer does not wait for it.
 */
public final class ExecSync {
    private static final int MAX_OUTPUT_BYTES = 16 << 20;

    private final Execs execs;

    ExecSync(Execs execs) {
        this.execs = execs;
    }

    /**
     * @throws CriException INVALID_ARGUMENT for no command, NOT_FOUND, FAILED_PRECONDITION for a container that does not run, DEADLINE_EXCEEDED
     *         after the timeout
     */
    public ExecSyncResponse call(ExecSyncRequest request) throws Exception {
        if (request.getTimeout() < 0) {
            throw CriException.invalidArgument("timeout " + request.getTimeout() + " is negative: use seconds, 0 for none");
        }
        var timeout = Duration.ofSeconds(request.getTimeout());
        try (var exec = execs.prepare(request.getContainerId(), request.getCmdList(), false)) {
            var result = exec.run(timeout, MAX_OUTPUT_BYTES);
            return ExecSyncResponse.newBuilder().setExitCode(result.code()).setStdout(UnsafeByteOperations.unsafeWrap(result.stdout()))
                    .setStderr(UnsafeByteOperations.unsafeWrap(result.stderr())).build();
        } catch (TimeoutException e) {
            throw CriException.deadlineExceeded("command in container " + request.getContainerId() + " did not end within "
                    + request.getTimeout() + " seconds and was killed");
        }
    }
}

package io.windlass.cri.container;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Context;
import io.grpc.Context.CancellationListener;
import io.windlass.cri.error.CriException;
import io.windlass.cri.store.Beside;
import io.windlass.cri.v1.ExecSyncRequest;
import io.windlass.cri.v1.ExecSyncResponse;
import io.windlass.shim.process.ExecResult;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a command in a container and answers with its output and exit code. Its processes are in a cgroup of their own, so that all of them end
 * at the timeout. What a command leaves behind that ends in time lives on; the answer does not wait for it.
 */
public final class ExecSync {
    private static final int MAX_OUTPUT_BYTES = 16 << 20;

    private static final long BETWEEN_KILLS_NANOS = 20_000_000;

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
        var timeout = Duration.ofSeconds(Math.min(request.getTimeout(), Integer.MAX_VALUE)); // 68 years: a long of nanoseconds holds it
        try (var exec = execs.prepare(request.getContainerId(), request.getCmdList(), false)) {
            var result = runForClient(exec, timeout);
            return ExecSyncResponse.newBuilder().setExitCode(result.code()).setStdout(UnsafeByteOperations.unsafeWrap(result.stdout()))
                    .setStderr(UnsafeByteOperations.unsafeWrap(result.stderr())).build();
        } catch (TimeoutException e) {
            throw CriException.deadlineExceeded("command in container " + request.getContainerId() + " did not end within "
                    + request.getTimeout() + " seconds and was killed");
        }
    }

    /** A client that has gone away takes its command with it. It may go before the command is in its cgroup. */
    private static ExecResult runForClient(Execs.Prepared exec, Duration timeout) throws IOException, TimeoutException {
        var running = new AtomicBoolean(true);
        CancellationListener gone = context -> {
            while (running.get()) {
                exec.kill();
                LockSupport.parkNanos(BETWEEN_KILLS_NANOS);
            }
        };
        var client = Context.current();
        client.addListener(gone, Beside::run);
        try {
            return exec.run(timeout, MAX_OUTPUT_BYTES);
        } finally {
            running.set(false);
            client.removeListener(gone);
        }
    }
}

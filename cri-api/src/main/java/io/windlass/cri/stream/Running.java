package io.windlass.cri.stream;

import io.windlass.shim.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The container's ends of an exec or attach while bytes flow. On the connection's event loop only. */
final class Running {

    /**
     * After a process has exited, its output is followed until its pipes are closed; a process it has left behind may keep them open for
     * ever, so that ends when nothing has come for this long.
     */
    private static final int QUIET_SECONDS = 2;

    private final Attached attached;
    private final Flow flow;
    private final FdWriter input;
    private final Executor blocking;
    private final IntConsumer over;
    private final List<FdReader> outputs = new ArrayList<>();
    /** Completes when this is closed: a container that lives on then forgets what has waited for its end. */
    private final CompletableFuture<Integer> gone = new CompletableFuture<>();
    private int open;
    private boolean exited;
    private int exitCode;
    private boolean closed;

    /**
     * Ends that do not stream yet.
     *
     * @param over takes the exit code when all is said
     */
    Running(Attached attached, Flow flow, FdWriter input, Executor blocking, IntConsumer over) {
        this.attached = attached;
        this.flow = flow;
        this.input = input;
        this.blocking = blocking;
        this.over = over;
    }

    /** Starts the flow in both directions. */
    void stream(@Nullable ClientStream stdout, @Nullable ClientStream stderr) {
        Fd stdin = attached.stdin();
        if (stdin != null) {
            input.open(stdin, this::inputWritten);
            attached.inputOver().runAfterEither(gone, () -> flow.loop().execute(input::close));
        } else {
            input.close(); // what comes is dropped, and not kept until the client may not send
        }
        Fd out = attached.stdout();
        if (out != null && stdout != null) {
            follow(out, stdout);
        }
        Fd err = attached.stderr();
        if (err != null && stderr != null) {
            follow(err, stderr);
        }
        attached.exit().applyToEither(gone, code -> code)
                .whenComplete((code, failure) -> flow.loop().execute(() -> exited(failure == null ? code : 255)));
    }

    /** Sends an output on. When the client resets its stream it is closed: the process gets EPIPE, but not those that it leaves behind. */
    private void follow(Fd output, ClientStream stream) {
        open++;
        FdReader reader = FdReader.start(output, stream, flow, () -> outputEnded(stream));
        outputs.add(reader);
        stream.receiver(new Discard(() -> {
            if (!exited) {
                reader.end();
            }
        }));
    }

    void resize(int columns, int rows) {
        if (!closed) {
            attached.resize(columns, rows);
        }
    }

    private void inputWritten() {
        input.close();
        apart(() -> {
            if (!attached.inputEnded()) {
                flow.loop().execute(() -> over.accept(0));
            }
        });
    }

    /** Does what may block a little on a thread made for that, or here where none can be made. */
    private void apart(Runnable work) {
        try {
            blocking.execute(work);
        } catch (OutOfMemoryError e) { // it has not been started, and never will be
            work.run();
        }
    }

    private void outputEnded(ClientStream stream) {
        stream.finish();
        flow.flush();
        open--;
        finishWhenDone();
    }

    private void exited(int code) {
        exited = true;
        exitCode = code;
        if (!closed && open > 0) {
            watchSilence(total());
        }
        finishWhenDone();
    }

    private void watchSilence(long before) {
        var unused = flow.loop().schedule(() -> {
            long now = total();
            if (closed || open == 0) {
                return;
            }
            if (now == before && outputs.stream().allMatch(FdReader::idle)) {
                over.accept(exitCode);
            } else {
                watchSilence(now);
            }
        }, QUIET_SECONDS, TimeUnit.SECONDS);
    }

    private long total() {
        return outputs.stream().mapToLong(FdReader::total).sum();
    }

    private void finishWhenDone() {
        if (!closed && exited && open == 0) {
            over.accept(exitCode);
        }
    }

    /** Closes all ends; the container's side is told. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        gone.complete(0);
        input.close();
        if (exited) {
            outputs.stream().flatMap(output -> output.open().stream()).forEach(attached::left);
        }
        outputs.forEach(FdReader::close);
        for (Fd end : new Fd[]{attached.stdin(), attached.stdout(), attached.stderr()}) {
            if (end != null) {
                end.close(); // the ones that never came to flow
            }
        }
        apart(attached::close);
    }
}

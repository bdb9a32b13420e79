package io.windlass.cri.stream.pod;

import io.windlass.cri.container.Container;
import io.windlass.cri.stream.Attached;
import io.windlass.cri.stream.Wanted;
import io.windlass.cri.v1.ContainerConfig;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.process.ContainerLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client at a container's own streams. Its going leaves the container alone, but for one thing that the container was created for: with
 * stdin_once its input ends with the first client that had it.
 */
final class ContainerAttached implements Attached {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerAttached.class);

    private final Container container;
    private final ContainerLog log;
    private final Inputs inputs;
    private final CompletableFuture<Void> inputOver;
    private final AtomicBoolean inputEnded = new AtomicBoolean();
    private final @Nullable Fd stdin;
    private final @Nullable Fd stdout;
    private final @Nullable Fd stderr;

    private ContainerAttached(Container container, ContainerLog log, Inputs inputs, @Nullable Fd stdin, @Nullable Fd stdout,
            @Nullable Fd stderr) {
        this.container = container;
        this.log = log;
        this.inputs = inputs;
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
        this.inputOver = endsOnce() ? inputs.join(container.id().value()) : new CompletableFuture<>();
    }

    /** Joins the streams of a container. */
    static ContainerAttached open(Container container, ContainerLog log, Inputs inputs, Wanted wanted) throws IOException {
        Fd stdin = null;
        Fd stdout = null;
        try {
            stdin = wanted.stdin() ? log.stdin() : null;
            stdout = wanted.stdout() ? log.tap(ContainerLog.Stream.OUT) : null;
            boolean apart = wanted.stderr() && !container.record().config().getTty();
            return new ContainerAttached(container, log, inputs, stdin, stdout, apart ? log.tap(ContainerLog.Stream.ERR) : null);
        } catch (IOException | RuntimeException e) {
            if (stdin != null) {
                stdin.close();
            }
            if (stdout != null) {
                stdout.close();
            }
            throw e;
        }
    }

    /** A terminal has no end of input that could be told. */
    private boolean endsOnce() {
        ContainerConfig config = container.record().config();
        return stdin != null && config.getStdinOnce() && !config.getTty();
    }

    @Override
    public @Nullable Fd stdin() {
        return stdin;
    }

    @Override
    public @Nullable Fd stdout() {
        return stdout;
    }

    @Override
    public @Nullable Fd stderr() {
        return stderr;
    }

    @Override
    public void resize(int columns, int rows) {
        try {
            log.resize(columns, rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletionStage<Integer> exit() {
        return container.exitCode();
    }

    @Override
    public CompletionStage<Void> inputOver() {
        return inputOver;
    }

    @Override
    public boolean inputEnded() {
        if (!endsOnce()) {
            return false;
        }
        if (inputEnded.compareAndSet(false, true) && !inputOver.isDone()) {
            try {
                inputs.end(container.id().value(), log);
            } catch (IOException e) {
                LOG.warn("event=input-not-ended container={} error=\"{}\"", container.id().shortened(), e.getMessage());
            }
        }
        return true;
    }

    @Override
    public void close() {
        inputEnded();
    }
}

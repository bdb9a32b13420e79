package io.windlass.cri.stream.pod;

import io.windlass.cri.container.Execs;
import io.windlass.cri.stream.Attached;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.process.ExecProcess;
import io.windlass.shim.process.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A command with a client: while it runs it ends with its client, and with it all that it has started. */
record ExecAttached(Execs.Prepared prepared, ExecProcess process) implements Attached {

    @Override
    public @Nullable Fd stdin() {
        return process.stdin();
    }

    @Override
    public @Nullable Fd stdout() {
        return process.stdout();
    }

    @Override
    public @Nullable Fd stderr() {
        return process.stderr();
    }

    @Override
    public void resize(int columns, int rows) {
        try {
            process.resize(columns, rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletionStage<Integer> exit() {
        return process.exit().thenApply(ExitStatus::code);
    }

    @Override
    public boolean inputEnded() {
        return true;
    }

    @Override
    public void left(Fd output) {
        try {
            process.leave(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            prepared.close(); // first: once the command has ended, what it has started is no more its own
        } finally {
            process.close();
        }
    }
}

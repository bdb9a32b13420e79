package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.Terminal;
import io.windlass.shim.program.ExitRecord;
import io.windlass.shim.program.ShimFd;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A command that runs beside its parent, which writes the exit record into a pipe. */
final class RunningExec implements ExecProcess {
    private final String id;
    private final PidFd parent;
    private final int pid;
    private final Fd exitPipe;
    private final @Nullable Fd[] streams;
    private final @Nullable Fd master;
    private final Leftovers leftovers;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

    private RunningExec(String id, ShimSpawn.Started started, Fd exitPipe, @Nullable Fd[] streams, @Nullable Fd master, Leftovers leftovers)
            throws IOException {
        this.leftovers = leftovers;
        this.id = id;
        this.parent = started.program();
        this.pid = started.pid();
        this.exitPipe = exitPipe;
        this.streams = streams;
        this.master = master;
        for (Fd stream : streams) {
            if (stream != null) {
                Fcntl.setNonBlocking(stream, true);
            }
        }
    }

    static RunningExec pipes(String id, ShimSpawn.Started started, Fd exitPipe, io.windlass.shim.process.Streams streams,
            Leftovers leftovers) throws IOException {
        return new RunningExec(id, started, exitPipe, new Fd[]{streams.end(0), streams.end(1), streams.end(2)}, null, leftovers);
    }

    static RunningExec terminal(String id, ShimSpawn.Started started, Fd exitPipe, Streams wanted, Leftovers leftovers)
            throws IOException {
        Fd master = started.program().getfd(ShimFd.TERMINAL_MASTER);
        @Nullable
        Fd[] copies = new Fd[3];
        try {
            copies[0] = wanted.stdin() ? master.dup() : null;
            copies[1] = wanted.stdout() ? master.dup() : null;
            return new RunningExec(id, started, exitPipe, copies, master, leftovers);
        } catch (IOException e) {
            close(copies);
            master.close();
            throw e;
        }
    }

    private static void close(@Nullable Fd[] streams) {
        for (Fd stream : streams) {
            if (stream != null) {
                stream.close();
            }
        }
    }

    /** Closes what a caller would have got, had the start not failed. */
    void closeStreams() {
        close(streams);
        if (master != null) {
            master.close();
        }
    }

    /** The parent has ended, so the record is in the pipe, unless somebody killed the parent. It can be read once only: memory is had before. */
    void ended() {
        byte[] record = new byte[ExitRecord.SIZE];
        ExitStatus lost = ExitStatus.lost(id, Instant.now());
        try {
            ExitWatcher.reap(parent);
            int n = exitPipe.read(record, record.length);
            ExitStatus status = n < ExitRecord.SIZE
                    ? lost
                    : ExitRecord.parse(record).map(r -> ExitStatus.ofWaitStatus(id, r.waitStatus(), r.at())).orElse(lost);
            release();
            exit.complete(status);
        } catch (IOException | RuntimeException | Error e) {
            release();
            exit.completeExceptionally(e);
        }
    }

    private synchronized void release() {
        exitPipe.close();
        parent.close();
        if (master != null) {
            master.close();
        }
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public @Nullable Fd stdin() {
        return streams[0];
    }

    @Override
    public @Nullable Fd stdout() {
        return streams[1];
    }

    @Override
    public @Nullable Fd stderr() {
        return streams[2];
    }

    @Override
    public synchronized void resize(int columns, int rows) throws IOException {
        if (master != null && master.isOpen()) {
            Terminal.resize(master, new Terminal.Size(columns, rows));
        }
    }

    @Override
    public synchronized boolean signal(int signal) throws IOException {
        return parent.fd().isOpen() && ShimSpawn.signal(parent, signal);
    }

    @Override
    public void leave(Fd output) throws IOException {
        if (master == null) {
            leftovers.add(output.dup());
        }
    }

    @Override
    public CompletableFuture<ExitStatus> exit() {
        return exit;
    }

    @Override
    public void close() {
        try {
            signal(Processes.SIGKILL);
        } catch (IOException e) {
            System.getLogger(RunningExec.class.getName()).log(System.Logger.Level.WARNING, "command " + pid + " cannot be killed", e);
        }
    }
}

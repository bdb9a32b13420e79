package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.Terminal;
import io.windlass.shim.program.ShimFd;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A started container: its shim and its init. Whoever asks for something may meet its end on another thread: then it is told so, and never hits a
 * descriptor that has come to be another one's. Keep {@link #shimPid}, {@link #shimStartTime} and {@link #initPid} on disk to find it again by {@link Launcher#adopt}.
 */
public final class ShimProcess implements AutoCloseable {
    /** Tells a shim whose container has ended that its streams are taken care of; ignored by other programs. */
    static final int RELEASE = Processes.SIGURG;

    private final String id;
    private final PidFd shim;
    private final long shimStartTime;
    private final int initPid;
    private final @Nullable PidFd init;
    private final Stdio stdio;
    private final Path exitRecord;

    ShimProcess(String id, PidFd shim, long shimStartTime, int initPid, @Nullable PidFd init, Stdio stdio, Path exitRecord) {
        this.id = id;
        this.shim = shim;
        this.shimStartTime = shimStartTime;
        this.initPid = initPid;
        this.init = init;
        this.stdio = stdio;
        this.exitRecord = exitRecord;
    }

    /** Returns the container's id. */
    public String id() {
        return id;
    }

    /** Returns the shim's number. */
    public int shimPid() {
        return shim.pid();
    }

    /** Returns when the shim was started, in clock ticks since boot (field 22 of /proc/PID/stat): with the number it names one process only. */
    public long shimStartTime() {
        return shimStartTime;
    }

    /** Returns the number of the container's init in the host's PID namespace. */
    public int initPid() {
        return initPid;
    }

    /** Returns the daemon's ends of the container's streams; closed with this. */
    public Stdio stdio() {
        return stdio;
    }

    /**
     * Sends a signal to the container's init.
     *
     * @return false where it has ended
     */
    public synchronized boolean signal(int signal) throws IOException {
        return init != null && init.fd().isOpen() && init.sendSignal(signal);
    }

    /** Returns a copy of the init's pidfd, the caller's to close; null where it has ended. */
    synchronized @Nullable PidFd copyOfInit() throws IOException {
        return init == null || !init.fd().isOpen() || init.hasExited() ? null : PidFd.adopt(init.fd().dup(), initPid);
    }

    /** Returns a copy of the container's standard input, non-blocking, the caller's to close; null where it has none, or has ended. */
    synchronized @Nullable Fd copyOfStdin() throws IOException {
        Fd stdin = switch (stdio) {
            case Stdio.Pipes pipes -> pipes.stdin();
            case Stdio.Terminal terminal -> terminal.master();
        };
        if (stdin == null || !stdin.isOpen()) {
            return null;
        }
        Fd copy = stdin.dup();
        Fcntl.setNonBlocking(copy, true);
        return copy;
    }

    /** Ends the container's standard input: its shim lets go of it, too. Does nothing where it has none, or a terminal. */
    synchronized void closeStdin() throws IOException {
        if (stdio instanceof Stdio.Pipes pipes && pipes.stdin() != null && shim.fd().isOpen()) {
            shim.sendSignal(ShimFd.END_INPUT);
            pipes.stdin().close();
        }
    }

    /** Sets the size of the container's terminal; does nothing without a terminal. */
    synchronized void resize(Terminal.Size size) throws IOException {
        if (stdio instanceof Stdio.Terminal terminal && terminal.master().isOpen()) {
            Terminal.resize(terminal.master(), size);
        }
    }

    PidFd shim() {
        return shim;
    }

    @Nullable
    PidFd init() {
        return init;
    }

    Path exitRecord() {
        return exitRecord;
    }

    /** Lets the shim end once its container has: until then it keeps what is in the pipes for whoever comes to read it. One that was stopped goes on. */
    synchronized void release() throws IOException {
        if (shim.fd().isOpen()) {
            shim.sendSignal(Processes.SIGCONT);
            shim.sendSignal(RELEASE);
        }
    }

    /** Kills the container's init and waits for its end and its shim's. Blocks. */
    void destroy() throws IOException {
        signal(Processes.SIGKILL);
        release();
        shim.waitExit();
        close();
    }

    /** Lets go of the container, which runs on: closes pidfds and streams. */
    @Override
    public synchronized void close() {
        shim.close();
        if (init != null) {
            init.close();
        }
        stdio.close();
    }
}

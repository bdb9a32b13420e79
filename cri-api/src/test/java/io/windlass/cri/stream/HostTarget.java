package io.windlass.cri.stream;

import io.windlass.cri.error.CriException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.Spawn;
import io.windlass.shim.linux.Syscall;
import io.windlass.shim.linux.TcpSocket;
import io.windlass.shim.linux.Terminal;
import io.windlass.shim.linux.WaitStatus;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A target whose containers are the host itself: commands are real processes with real pipes, ports are the host's. */
final class HostTarget implements StreamTarget {

    /** Processes that have been started and not closed. */
    final Map<Integer, HostProcess> running = new ConcurrentHashMap<>();
    /** What an attach gets: a command, as if it were the container's init. */
    List<String> init = List.of("/bin/cat");
    boolean stdinOnce = true;
    /** What a dial waits for. */
    CountDownLatch mayDial = new CountDownLatch(0);

    @Override
    public String runningContainer(String id) {
        return known(id, "container");
    }

    @Override
    public String readySandbox(String id) {
        return known(id, "sandbox");
    }

    private static String known(String id, String what) {
        return switch (id) {
            case "absent" -> throw CriException.notFound(what + " " + id + " does not exist");
            case "exited" -> throw CriException.failedPrecondition(what + " " + id + " does not run");
            default -> id;
        };
    }

    @Override
    public Attached exec(String containerId, List<String> command, Wanted wanted) throws IOException {
        return start(command, wanted, false);
    }

    @Override
    public Attached attach(String containerId, Wanted wanted) throws IOException {
        return start(init, wanted, true);
    }

    private HostProcess start(List<String> command, Wanted wanted, boolean attach) throws IOException {
        if (command.getFirst().contains("missing")) {
            throw new IOException("exec " + command.getFirst() + ": ENOENT (no such file or directory)");
        }
        HostProcess process = wanted.tty() ? terminal(command, attach) : pipes(command, wanted, attach);
        running.put(process.pid, process);
        process.exit.thenRun(() -> running.remove(process.pid));
        return process;
    }

    private HostProcess pipes(List<String> command, Wanted wanted, boolean attach) throws IOException {
        try (Fd none = Syscall.open("/dev/null", Fcntl.O_RDWR, 0)) {
            FileIo.Pipe in = wanted.stdin() ? FileIo.pipe2(0) : null;
            FileIo.Pipe out = wanted.stdout() ? FileIo.pipe2(0) : null;
            FileIo.Pipe err = wanted.stderr() ? FileIo.pipe2(0) : null;
            if (out != null) {
                Fcntl.setPipeSize(out.read(), 1 << 20);
            }
            int pid = Spawn.of(command.getFirst(), command).fd(in == null ? none : in.read(), 0).fd(out == null ? none : out.write(), 1)
                    .fd(err == null ? none : err.write(), 2).environment(List.of("PATH=/usr/bin:/bin")).setsid().start();
            return new HostProcess(pid, keep(in == null ? null : in.write(), in == null ? null : in.read()),
                    keep(out == null ? null : out.read(), out == null ? null : out.write()),
                    keep(err == null ? null : err.read(), err == null ? null : err.write()), null, attach, !attach || stdinOnce);
        }
    }

    private static @Nullable Fd keep(@Nullable Fd ours, @Nullable Fd theirs) throws IOException {
        if (theirs != null) {
            theirs.close();
        }
        if (ours != null) {
            Fcntl.setNonBlocking(ours, true);
        }
        return ours;
    }

    private HostProcess terminal(List<String> command, boolean attach) throws IOException {
        Fd master = Terminal.openMaster(Fd.CWD, "/dev/ptmx");
        Fcntl.setNonBlocking(master, true);
        try (Fd peer = Terminal.openPeer(master)) {
            int pid = Spawn.of(command.getFirst(), command).fd(peer, 0).fd(peer, 1).fd(peer, 2)
                    .environment(List.of("PATH=/usr/bin:/bin", "TERM=xterm")).setsid().start();
            return new HostProcess(pid, master.dup(), master.dup(), null, master, attach, !attach || stdinOnce);
        }
    }

    @Override
    public Dialed dial(String sandboxId, int port) throws IOException {
        awaitDial();
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        Fd socket = TcpSocket.connect(loopback, port);
        FileIo.poll(socket, FileIo.POLLOUT, 5000);
        TcpSocket.finishConnect(socket, loopback, port);
        return new Dialed(socket, socket.dup());
    }

    private void awaitDial() throws IOException {
        try {
            if (!mayDial.await(20, TimeUnit.SECONDS)) {
                throw new IOException("the test lets nobody dial");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the test has ended");
        }
    }

    /** A process and our ends of its streams. */
    static final class HostProcess implements Attached {
        final int pid;
        final CompletableFuture<Integer> exit = new CompletableFuture<>();
        final CompletableFuture<Void> inputOver = new CompletableFuture<>();
        private final @Nullable Fd stdin;
        private final @Nullable Fd stdout;
        private final @Nullable Fd stderr;
        private final @Nullable Fd master;
        private final boolean attach;
        private final boolean goesOn;

        HostProcess(int pid, @Nullable Fd stdin, @Nullable Fd stdout, @Nullable Fd stderr, @Nullable Fd master, boolean attach,
                boolean goesOn) {
            this.pid = pid;
            this.stdin = stdin;
            this.stdout = stdout;
            this.stderr = stderr;
            this.master = master;
            this.attach = attach;
            this.goesOn = goesOn;
            Thread.ofPlatform().daemon().start(() -> {
                try (PidFd pidFd = PidFd.open(pid)) {
                    WaitStatus status = pidFd.waitExit();
                    exit.complete(status.shellCode());
                } catch (IOException e) {
                    exit.completeExceptionally(e);
                }
            });
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
                if (master != null) {
                    Terminal.resize(master, new Terminal.Size(columns, rows));
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return exit;
        }

        @Override
        public CompletableFuture<Void> inputOver() {
            return inputOver;
        }

        @Override
        public boolean inputEnded() {
            return goesOn;
        }

        @Override
        public void close() {
            if (!attach && !exit.isDone()) {
                try {
                    Processes.kill(-pid, Processes.SIGKILL);
                } catch (IOException e) {
                    exit.completeExceptionally(e);
                }
            }
            if (master != null) {
                master.close();
            }
        }
    }
}

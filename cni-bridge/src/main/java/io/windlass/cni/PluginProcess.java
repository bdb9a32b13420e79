package io.windlass.cni;

import io.windlass.cni.PluginOutcome.Exit;
import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.linux.Spawn;
import io.windlass.shim.linux.WaitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plugin: a session of its own, its input in a memory file, its output by two pipes. It is over when the process has ended, even
 * where a child that it left holds a pipe open; that child is not touched, since daemons are started that way.
 */
final class PluginProcess {
    /** The name of the memory file, by which a plugin can be known. */
    static final String INPUT = "cni";
    private static final int CHUNK = 16 * 1024;

    private PluginProcess() {}

    /**
     * Runs a program and waits for it.
     *
     * @param environment {@code NAME=value}
     * @param deadline after which it is killed with its process group
     * @throws IOException where it cannot be started
     */
    static PluginOutcome run(Path binary, List<String> environment, byte[] input, Duration deadline) throws IOException {
        // its own thread, as the wait would hold the carrier of a virtual one
        return NamespaceThread.call(() -> runHere(binary, environment, input, deadline));
    }

    private static PluginOutcome runHere(Path binary, List<String> environment, byte[] input, Duration deadline) throws IOException {
        try (Fd stdin = FileIo.memfdCreate(INPUT); FileIo.Pipe stdout = FileIo.pipe2(0); FileIo.Pipe stderr = FileIo.pipe2(0)) {
            stdin.writeFully(input);
            FileIo.lseek(stdin, 0);
            int pid = Spawn.of(binary.toString(), List.of(binary.toString())).environment(environment).fd(stdin, 0).fd(stdout.write(), 1)
                    .fd(stderr.write(), 2).setsid().start();
            stdout.write().close();
            stderr.write().close();
            Fcntl.setNonBlocking(stdout.read(), true);
            Fcntl.setNonBlocking(stderr.read(), true);
            try (PidFd process = PidFd.open(pid)) {
                return await(process, new Stream(stdout.read()), new Stream(stderr.read()), deadline);
            }
        }
    }

    private static PluginOutcome await(PidFd process, Stream stdout, Stream stderr, Duration deadline) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        Exit killedFor = null;
        while (killedFor == null && !process.hasExited()) {
            long left = (end - System.nanoTime() + 999_999) / 1_000_000;
            if (left <= 0) {
                killedFor = new Exit.DeadlineExceeded(deadline.toMillis());
            } else {
                List<Fd> waiting = new ArrayList<>(3);
                waiting.add(process.fd());
                stdout.addIfOpen(waiting);
                stderr.addIfOpen(waiting);
                FileIo.poll(waiting, FileIo.POLLIN, (int) Math.min(left, Integer.MAX_VALUE));
            }
            killedFor = stdout.drain() || stderr.drain() ? new Exit.TooMuchOutput() : killedFor;
        }
        if (killedFor != null) {
            Processes.kill(-process.pid(), Processes.SIGKILL);
        }
        WaitStatus status = process.waitExit();
        if (killedFor == null && (stdout.drain() || stderr.drain())) {
            killedFor = new Exit.TooMuchOutput();
        }
        return new PluginOutcome(killedFor != null ? killedFor : exit(status), stdout.bytes(), stderr.bytes());
    }

    private static Exit exit(WaitStatus status) {
        return status.signal() != 0 ? new Exit.Signaled(status.signal()) : new Exit.Exited(status.code());
    }

    /** What has been read of a pipe. */
    private static final class Stream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final byte[] chunk = new byte[CHUNK];
        private @Nullable Fd pipe;

        Stream(Fd pipe) {
            this.pipe = pipe;
        }

        void addIfOpen(List<Fd> waiting) {
            if (pipe != null) {
                waiting.add(pipe);
            }
        }

        /** Reads what is there; true where that is more than may be. */
        boolean drain() throws IOException {
            try {
                while (pipe != null && bytes.size() <= PluginOutcome.MAX_OUTPUT) {
                    int n = pipe.read(chunk, chunk.length);
                    if (n == 0) {
                        pipe = null;
                    }
                    bytes.write(chunk, 0, n);
                }
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EAGAIN) {
                    throw e;
                }
            }
            return bytes.size() > PluginOutcome.MAX_OUTPUT;
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import io.windlass.shim.program.ExitRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Follows a running command to its end: both streams are read all the time, what is over the cap is thrown away. */
final class SyncExec {
    private static final int CHUNK = 64 * 1024;
    /** What was killed is mostly gone in milliseconds; what is frozen, or stuck in the kernel, ends when it can. */
    private static final Duration TO_END = Duration.ofSeconds(1);

    private final Fd exit;
    private final Leftovers leftovers;
    private final Output[] outputs;
    private final byte[] chunk = new byte[CHUNK];

    private static final class Output {
        private final Fd fd;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream(256);
        private final int cap;
        private boolean open = true;

        Output(Fd fd, int cap) {
            this.fd = fd;
            this.cap = cap;
        }
    }

    SyncExec(Fd exit, Fd stdout, Fd stderr, int cap, Leftovers leftovers) throws IOException {
        Fcntl.setNonBlocking(stdout, true);
        Fcntl.setNonBlocking(stderr, true);
        this.leftovers = leftovers;
        this.exit = exit;
        this.outputs = new Output[]{new Output(stdout, cap), new Output(stderr, cap)};
    }

    /**
     * @param command what is killed, with what the limit kills, after its time; null where it has ended
     * @throws TimeoutException after the kill; it may not have ended as yet
     */
    ExecResult await(@Nullable PidFd command, ExecLimit limit) throws IOException, TimeoutException {
        ExecLimit until = limit;
        boolean killed = false;
        while (true) {
            int wait = until.left();
            if (wait == 0) {
                if (killed) {
                    throw limit.over();
                }
                limit.kill().run();
                if (command != null) {
                    command.sendSignal(Processes.SIGKILL);
                }
                killed = true;
                until = ExecLimit.fromNow(TO_END, limit.kill());
                continue;
            }
            if (step(wait)) {
                int status = status();
                for (Output output : outputs) {
                    if (output.open) {
                        drain(output);
                    }
                }
                if (killed) {
                    throw limit.over();
                }
                leave();
                return new ExecResult(ExitStatus.ofWaitStatus("", status, java.time.Instant.EPOCH).code(), outputs[0].kept.toByteArray(),
                        outputs[1].kept.toByteArray());
            }
        }
    }

    /** What is still open has others who may write to it. */
    private void leave() throws IOException {
        for (Output output : outputs) {
            if (output.open) {
                leftovers.add(output.fd.dup());
            }
        }
    }

    /** Takes some of what is there, and tells whether the command has ended. */
    private boolean step(int wait) throws IOException {
        List<Fd> fds = new ArrayList<>(3);
        for (Output output : outputs) {
            if (output.open) {
                fds.add(output.fd);
            }
        }
        fds.add(exit);
        int[] ready = FileIo.poll(fds, FileIo.POLLIN, wait);
        int i = 0;
        for (Output output : outputs) {
            if (output.open && ready[i++] != 0) {
                output.open = read(output, CHUNK) != 0;
            }
        }
        return ready[i] != 0;
    }

    /** Takes what is there by now, and with it all that the command wrote before its end. Others may keep the pipe full for ever. */
    private void drain(Output output) throws IOException {
        int left = FileIo.available(output.fd);
        for (int n = 1; left > 0 && n > 0; left -= n) {
            n = read(output, Math.min(left, CHUNK));
        }
        output.open = FileIo.poll(output.fd, FileIo.POLLIN, 0) != FileIo.POLLHUP;
    }

    /** Returns the number of bytes, 0 at the end, -1 where there are none by now: a command can open its own pipe and read from it. */
    private int read(Output output, int most) throws IOException {
        try {
            int n = output.fd.read(chunk, most);
            output.kept.write(chunk, 0, Math.min(n, output.cap - output.kept.size()));
            return n;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EAGAIN) {
                return -1;
            }
            throw e;
        }
    }

    /** Nobody writes a record if the waiting parent was killed. */
    private int status() throws IOException {
        byte[] record = new byte[ExitRecord.SIZE];
        int n = exit.read(record, record.length);
        return n < ExitRecord.SIZE ? Processes.SIGKILL : ExitRecord.parse(record).map(ExitRecord::waitStatus).orElse(Processes.SIGKILL);
    }
}

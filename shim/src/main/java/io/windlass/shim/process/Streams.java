package io.windlass.shim.process;

import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.FileIo;
import io.windlass.shim.linux.UnixSocket;
import io.windlass.shim.program.ShimFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The streams of a process about to be started: what the program gets at which number, and what stays here. */
final class Streams implements AutoCloseable {
    private static final int PIPE_BYTES = 1 << 20;
    /** For a client's command: a pipe that is filled and emptied less often carries more. */
    private static final int CLIENT_PIPE_BYTES = 256 << 10;

    private final Map<Integer, Fd> descriptors = new HashMap<>();
    private final List<Fd> childEnds = new ArrayList<>();
    private final List<Fd> held = new ArrayList<>();
    private final @Nullable Fd[] ours = new Fd[3];

    private Streams() {}

    /** Pipes for the wanted streams, {@code nothing} for the others. */
    static Streams pipes(Fd nothing, boolean stdin, boolean stdout, boolean stderr) throws IOException {
        Streams streams = new Streams();
        try {
            boolean[] wanted = {stdin, stdout, stderr};
            for (int i = 0; i < wanted.length; i++) {
                if (!wanted[i]) {
                    streams.descriptors.put(i, nothing);
                    continue;
                }
                FileIo.Pipe pipe = FileIo.pipe2(0);
                Fd theirs = i == 0 ? pipe.read() : pipe.write();
                streams.ours[i] = i == 0 ? pipe.write() : pipe.read();
                streams.descriptors.put(i, theirs);
                streams.childEnds.add(theirs);
            }
            return streams;
        } catch (IOException e) {
            streams.close();
            throw e;
        }
    }

    /** A pair of sockets over which the terminal's master comes. */
    static Streams terminal(Fd nothing) throws IOException {
        Streams streams = new Streams();
        UnixSocket.Pair pair = UnixSocket.socketpair();
        for (int i = 0; i <= 2; i++) {
            streams.descriptors.put(i, nothing);
        }
        streams.descriptors.put(ShimFd.TERMINAL_SENDER, pair.left());
        streams.descriptors.put(ShimFd.TERMINAL_RECEIVER, pair.right());
        streams.childEnds.add(pair.left());
        streams.childEnds.add(pair.right());
        return streams;
    }

    /** The same for a command in a container, whose shim waits until the master has been taken; a container's own waits for its release. */
    static Streams heldTerminal(Fd nothing) throws IOException {
        Streams streams = terminal(nothing);
        try {
            FileIo.Pipe taken = FileIo.pipe2(0);
            streams.giveAway(ShimFd.TERMINAL_TAKEN, taken.read());
            streams.held.add(taken.write());
            return streams;
        } catch (IOException e) {
            streams.close();
            throw e;
        }
    }

    /** Lets the shim keep copies of our ends, and makes the output pipes large where that is allowed. */
    void keep() throws IOException {
        int[] numbers = {ShimFd.KEEP_STDIN, ShimFd.KEEP_STDOUT, ShimFd.KEEP_STDERR};
        for (int i = 0; i < ours.length; i++) {
            Fd end = ours[i];
            if (end != null) {
                descriptors.put(numbers[i], end);
                if (i > 0) {
                    Fcntl.allowPipeSize(end, PIPE_BYTES);
                }
            }
        }
    }

    /** Makes the pipes of input and output larger where that is allowed. */
    void widen() throws IOException {
        for (int i = 0; i < 2; i++) {
            Fd end = ours[i];
            if (end != null) {
                Fcntl.allowPipeSize(end, CLIENT_PIPE_BYTES);
            }
        }
    }

    void giveAway(int number, Fd fd) {
        descriptors.put(number, fd);
        childEnds.add(fd);
    }

    Map<Integer, Fd> descriptors() {
        return descriptors;
    }

    List<Fd> childEnds() {
        return childEnds;
    }

    /** Returns what keeps the shim from its end until it is closed. */
    List<Fd> held() {
        return held;
    }

    /** The terminal's master has been taken, or there is none: the shim may end. */
    void taken() {
        held.forEach(Fd::close);
    }

    /** Returns our end of a stream; null where it is not wanted. */
    @Nullable
    Fd end(int stream) {
        return ours[stream];
    }

    Stdio toStdio() {
        Fd stdout = ours[1];
        Fd stderr = ours[2];
        if (stdout == null || stderr == null) {
            throw new IllegalStateException("a container has both output streams");
        }
        return new Stdio.Pipes(ours[0], stdout, stderr);
    }

    /** Closes all ends that were made here. */
    @Override
    public void close() {
        childEnds.forEach(Fd::close);
        taken();
        for (Fd end : ours) {
            if (end != null) {
                end.close();
            }
        }
    }
}

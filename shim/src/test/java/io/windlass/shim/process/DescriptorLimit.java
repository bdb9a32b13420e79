package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fcntl;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.Syscall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;

/** Lets this process run out of descriptors: a limit close above those that are open, and all but a few of what is left taken. */
public final class DescriptorLimit implements AutoCloseable {
    private static final int ROOM = 100;

    private final String before;
    private final Deque<Fd> taken = new ArrayDeque<>();

    public DescriptorLimit() throws IOException, InterruptedException {
        String limits = Files.readString(Path.of("/proc/self/limits"));
        before = limits.lines().filter(line -> line.startsWith("Max open files")).findFirst().orElseThrow().split(" +")[3];
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            set(String.valueOf(open.mapToInt(fd -> Integer.parseInt(fd.getFileName().toString())).max().orElseThrow() + ROOM));
        }
    }

    private static void set(String soft) throws IOException, InterruptedException {
        String pid = String.valueOf(ProcessHandle.current().pid());
        if (new ProcessBuilder("prlimit", "--pid", pid, "--nofile=" + soft + ":").inheritIO().start().waitFor() != 0) {
            throw new IOException("prlimit of " + pid + " to " + soft + " descriptors failed");
        }
    }

    /** From now until {@link #lift} no more than {@code free} descriptors can be opened. */
    public void leave(int free) {
        try {
            while (true) {
                taken.push(Syscall.openat(Fd.CWD, "/dev/null", Fcntl.O_RDONLY, 0));
            }
        } catch (IOException e) {
            if (!(e instanceof ErrnoException errno && errno.errno() == Errno.EMFILE)) {
                throw new UncheckedIOException(e);
            }
        }
        for (int i = 0; i < free; i++) {
            taken.pop().close();
        }
    }

    public void lift() {
        taken.forEach(Fd::close);
        taken.clear();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        lift();
        set(before);
    }
}

package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.Fd;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.program.ShimFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's ends of a container's standard streams. The shim holds copies of them for as long as the container lives, so that nothing is lost
 * and nobody gets SIGPIPE while the daemon is away.
 */
public sealed interface Stdio extends AutoCloseable {
    /**
     * @param stdin the write end; null where the container reads from /dev/null
     * @param stdout the read end
     * @param stderr the read end
     */
    record Pipes(@Nullable Fd stdin, Fd stdout, Fd stderr) implements Stdio {
        @Override
        public void close() {
            if (stdin != null) {
                stdin.close();
            }
            stdout.close();
            stderr.close();
        }
    }

    /** Opens anew what a shim keeps. */
    static Stdio keptBy(PidFd shim, boolean terminal, boolean stdin) throws IOException {
        if (terminal) {
            return new Terminal(shim.getfd(ShimFd.TERMINAL_MASTER));
        }
        List<Fd> opened = new ArrayList<>();
        try {
            for (int number : new int[]{ShimFd.KEEP_STDOUT, ShimFd.KEEP_STDERR}) {
                opened.add(shim.getfd(number));
            }
            return new Pipes(stdin ? input(shim) : null, opened.getFirst(), opened.getLast());
        } catch (IOException e) {
            opened.forEach(Fd::close);
            throw e;
        }
    }

    /** Null where the container's input has ended. */
    private static @Nullable Fd input(PidFd shim) throws IOException {
        try {
            return shim.getfd(ShimFd.KEEP_STDIN);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBADF) {
                return null;
            }
            throw e;
        }
    }

    /** @param master the master side of the container's pseudo terminal, for all three streams */
    record Terminal(Fd master) implements Stdio {
        @Override
        public void close() {
            master.close();
        }
    }

    @Override
    void close();
}

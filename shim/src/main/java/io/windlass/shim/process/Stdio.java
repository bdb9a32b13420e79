package io.windlass.shim.process;

import io.windlass.shim.linux.Fd;
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

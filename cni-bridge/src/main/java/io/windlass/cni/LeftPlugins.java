package io.windlass.cni;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.NamespaceThread;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Plugins that an earlier daemon ran and was killed over. A plugin is known by its environment, and so are those that it has called. */
final class LeftPlugins {
    private static final Path PROC = Path.of("/proc");
    private static final String CONTAINER = "CNI_CONTAINERID=";
    private static final int GONE_MILLIS = 10_000;

    private LeftPlugins() {}

    /** Kills those that work for one of these sandboxes, and waits for their ends; gives their number. */
    static int kill(Set<String> sandboxes) throws IOException {
        return sandboxes.isEmpty() ? 0 : NamespaceThread.<Integer, IOException>call(() -> killHere(sandboxes));
    }

    private static int killHere(Set<String> sandboxes) throws IOException {
        int killed = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (worksFor(process, sandboxes) && kill(process, sandboxes)) {
                    killed++;
                }
            }
        }
        return killed;
    }

    private static boolean worksFor(Path process, Set<String> sandboxes) {
        try {
            for (String variable : Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1).split("\0")) {
                if (variable.startsWith(CONTAINER)) {
                    return sandboxes.contains(variable.substring(CONTAINER.length()));
                }
            }
            return false;
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    /** The second look is at the process of the pidfd. */
    private static boolean kill(Path process, Set<String> sandboxes) throws IOException {
        try (PidFd found = PidFd.open(Integer.parseInt(process.getFileName().toString()))) {
            if (!worksFor(process, sandboxes)) {
                return false;
            }
            found.sendSignal(Processes.SIGKILL);
            return found.awaitExit(GONE_MILLIS);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESRCH) {
                return false;
            }
            throw e;
        }
    }
}

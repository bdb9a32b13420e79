package io.windlass.shim.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes that an earlier daemon started and was killed over before it could note them: they are looked for among all of the machine. */
public final class LeftProcesses {
    private static final Path PROC = Path.of("/proc");
    private static final int GONE_MILLIS = 10_000;

    /** Tells what is looked for. */
    @FunctionalInterface
    public interface Test {
        /** @param process its directory below /proc; an IOException says that it has ended, or tells nothing of itself */
        boolean of(Path process) throws IOException;
    }

    private LeftProcesses() {}

    /** Gives the numbers of the processes that the test holds of. */
    public static List<Integer> find(Test test) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(test, process)) {
                    found.add(Integer.parseInt(process.getFileName().toString()));
                }
            }
        }
        return found;
    }

    /** Kills the processes that the test holds of, waits for their ends, and gives their number. Blocks. */
    public static int kill(Test test) throws IOException {
        int killed = 0;
        for (int pid : find(test)) {
            if (kill(pid, test)) {
                killed++;
            }
        }
        return killed;
    }

    private static boolean holds(Test test, Path process) {
        try {
            return test.of(process);
        } catch (IOException e) {
            return false;
        }
    }

    /** The second look is at the process of the pidfd. */
    private static boolean kill(int pid, Test test) throws IOException {
        try (PidFd found = PidFd.open(pid)) {
            if (!holds(test, PROC.resolve(Integer.toString(pid)))) {
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

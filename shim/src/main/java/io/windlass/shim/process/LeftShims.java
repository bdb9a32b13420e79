package io.windlass.shim.process;

import io.windlass.shim.linux.Errno;
import io.windlass.shim.linux.ErrnoException;
import io.windlass.shim.linux.PidFd;
import io.windlass.shim.linux.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Processes that a daemon started and was killed before it could note them. Every program of ours runs from the same sealed file; a shim keeps
 * its exit record open, and a pod's init has its name among its arguments.
 */
final class LeftShims {
    static final String IMAGE = "windlass-shim";
    private static final Path PROC = Path.of("/proc");
    private static final String EXECUTABLE = "/memfd:" + IMAGE;
    private static final int GONE_MILLIS = 10_000;

    private LeftShims() {}

    /** Kills the shims whose exit record is one of these, and waits for their ends. Blocks. */
    static int killByRecord(Predicate<Path> record) throws IOException {
        return kill(process -> opens(process, record));
    }

    /** Kills the process with exactly these arguments, and waits for its end. Blocks. */
    static int killByArguments(String arguments) throws IOException {
        return kill(process -> Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).equals(arguments));
    }

    @FunctionalInterface
    private interface Test {
        boolean of(Path process) throws IOException;
    }

    private static int kill(Test test) throws IOException {
        int killed = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (matches(process, test) && kill(process, test)) {
                    killed++;
                }
            }
        }
        return killed;
    }

    private static boolean matches(Path process, Test test) {
        try {
            return Files.readSymbolicLink(process.resolve("exe")).toString().startsWith(EXECUTABLE) && test.of(process);
        } catch (IOException e) {
            return false; // it has ended, or is a thread of the kernel
        }
    }

    /** The second look is at the process of the pidfd. */
    private static boolean kill(Path process, Test test) throws IOException {
        try (PidFd found = PidFd.open(Integer.parseInt(process.getFileName().toString()))) {
            if (!matches(process, test)) {
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

    private static boolean opens(Path process, Predicate<Path> record) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                Path target = Files.readSymbolicLink(file);
                if (target.isAbsolute() && record.test(target)) {
                    return true;
                }
            }
        }
        return false;
    }
}

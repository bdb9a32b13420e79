package io.windlass.shim.process;

import io.windlass.shim.linux.LeftProcesses;
import io.windlass.shim.program.ShimFd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Processes of ours that a daemon started and was killed before it could note them. Every program of ours runs from the same sealed file; a shim
 * keeps its exit record open, and a pod's init has its name among its arguments.
 */
final class LeftShims {
    static final String IMAGE = "windlass-shim";
    private static final String EXECUTABLE = "/memfd:" + IMAGE;
    /** What the kernel adds to the path of a file that has none any more, see proc_pid_fd(5). */
    private static final String DELETED = " (deleted)";

    private LeftShims() {}

    /** Kills the shims whose exit record is one of these, and waits for their ends. Blocks. */
    static int killByRecord(Predicate<Path> record) throws IOException {
        return LeftProcesses.kill(process -> isOurs(process) && opens(process, record));
    }

    /** Finds the shim with this exit record, once it has all that it keeps. */
    static Optional<LeftShim> find(Path record) throws IOException {
        Path file = record.toRealPath(); // as the kernel names it
        for (int pid : LeftProcesses.find(process -> isOurs(process) && opens(process, file::equals))) {
            int init = ProcFile.pidOf(pid, ShimFd.KEEP_INIT);
            if (init != 0) {
                return Optional.of(new LeftShim(pid, ProcFile.startTime(pid), Math.max(init, 0)));
            }
        }
        return Optional.empty();
    }

    /** Kills the process with exactly these arguments, and waits for its end. Blocks. */
    static int killByArguments(String arguments) throws IOException {
        return LeftProcesses.kill(process -> isOurs(process)
                && Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).equals(arguments));
    }

    /** Tells whether a process runs a program of ours. */
    static boolean isOurs(Path process) throws IOException {
        return Files.readSymbolicLink(process.resolve("exe")).toString().startsWith(EXECUTABLE);
    }

    private static boolean opens(Path process, Predicate<Path> record) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                Path target = Files.readSymbolicLink(file);
                boolean deleted = target.toString().endsWith(DELETED);
                if (target.isAbsolute() && record.test(target) && (deleted || Files.isSameFile(file, target))) { // a container's may have that path
                    return true;
                }
            }
        }
        return false;
    }
}

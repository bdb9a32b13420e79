package io.windlass.cri.stats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the processes of a container have open. See proc_pid_fd(5) and proc_pid_limits(5).
 *
 * @param descriptors all open descriptors
 * @param sockets those of them that are sockets
 */
record ProcessCounts(long descriptors, long sockets) {
    private static final Path PROC = Path.of("/proc");
    private static final String OPEN_FILES = "Max open files";

    /** Counts; a process that ends meanwhile has nothing open. */
    static ProcessCounts of(List<Integer> pids) {
        long descriptors = 0;
        long sockets = 0;
        for (int pid : pids) {
            try (var files = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
                for (var file : files) {
                    descriptors++;
                    if (Files.readSymbolicLink(file).toString().startsWith("socket:")) {
                        sockets++;
                    }
                }
            } catch (IOException | UncheckedIOException | DirectoryIteratorException e) {
                continue;
            }
        }
        return new ProcessCounts(descriptors, sockets);
    }

    /** Returns how many files a process may have open; empty without a limit, and where the process has gone. */
    static OptionalLong openFilesLimit(int pid) {
        try {
            for (var line : Files.readAllLines(PROC.resolve(pid + "/limits"))) {
                if (line.startsWith(OPEN_FILES)) {
                    var soft = line.substring(OPEN_FILES.length()).strip().split(" +")[0];
                    return soft.equals("unlimited") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(soft));
                }
            }
        } catch (IOException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }
}
